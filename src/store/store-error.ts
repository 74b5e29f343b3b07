/** What a store throws when its caller has no choice to make but to wait, or its owner something to mend. */
export type StoreErrorCode =
  /** Full, read-only or broken for now: nothing was written, and it may work later. */
  | 'refusing'
  /** More waits than can be promised. */
  | 'overloaded'
  /** Another node has it. */
  | 'locked'
  /** Not a store of ours, or one of a newer version. */
  | 'unreadable'

export class StoreError extends Error {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
  }
}
