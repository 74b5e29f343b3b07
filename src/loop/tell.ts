/** What the loop says of itself: one event for each change a person would want to know of. Types only. */
export type LoopEvent =
  | {
      readonly event: 'run-queued'
      readonly run: string
      readonly issue: string
      readonly by: string
    }
  | {
      readonly event: 'run-ended'
      readonly run: string
      readonly issue: string
      readonly state: string
    }
  /** `scope`: `*` is everything, else a repository. */
  | { readonly event: 'loop-paused'; readonly scope: string; readonly by: string }
  | { readonly event: 'loop-resumed'; readonly scope: string; readonly by: string }
  | {
      readonly event: 'budget-granted'
      readonly issue: string
      readonly by: string
      readonly why: string
    }
  /** A tracker, a remote, a CI or an executor could not be asked, or made no sense. It is asked again, and told once until that changes. */
  | { readonly event: 'look-failed'; readonly repo: string; readonly detail: string }
  /** An issue that cannot be read, told once until it changes. */
  | {
      readonly event: 'issue-faulty'
      readonly repo: string
      readonly where: string
      readonly detail: string
    }
  /** Within a day, as the server says; told once a day. */
  | { readonly event: 'token-expires'; readonly server: string; readonly at: string }
  | {
      readonly event: 'chore-waits'
      readonly run: string
      readonly kind: string
      readonly detail: string
    }

export type Tell = (event: LoopEvent) => void
