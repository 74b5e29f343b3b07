/** A place that may be held shut until somebody opens it by hand. */

export type Gate = {
  shut(): void
  open(): void
  passed(): Promise<void>
  /** How many stand before it. */
  readonly waiting: number
}

export function gate(): Gate {
  let isShut = false
  const waiting: Array<() => void> = []
  return {
    shut: () => void (isShut = true),
    open() {
      isShut = false
      for (const pass of waiting.splice(0)) pass()
    },
    passed: () => (isShut ? new Promise((pass) => waiting.push(pass)) : Promise.resolve()),
    get waiting() {
      return waiting.length
    },
  }
}
