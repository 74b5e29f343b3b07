/** A Slack for tests, whichever it is: where to reach it, and what has been posted there. */
export type SlackMessage = {
  readonly channel: string
  readonly ts: string
  readonly text: string
  readonly blocks: readonly unknown[]
  readonly attachments: readonly unknown[]
  /** Null: none. */
  readonly metadata: unknown
}

export type SlackSide = {
  /** Ends in a slash. */
  readonly apiUrl: string
  /** An incoming webhook that posts to `channel`. */
  readonly hookUrl: string
  readonly token: string
  readonly channel: string
  /** What the channel holds, oldest first. */
  messages(): readonly SlackMessage[] | Promise<readonly SlackMessage[]>
  /** What it let pass that no sender should do. Only a stand-in notes it. */
  readonly violations: string[]
  close(): Promise<void>
}

export type SlackSideOptions = {
  /** Default false: a second message in the same second is posted, too. */
  readonly limited?: boolean
}
