/** One at a time, in the order they came; one that fails does not hold back the next. */
export type InTurn = <T>(run: () => Promise<T>) => Promise<T>

export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const mine = last.then(run, run)
    last = mine
    return mine
  }
}
