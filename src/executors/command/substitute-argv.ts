/**
 * The owner's command with its placeholders filled in, each inside its own argument. Pure.
 *
 * Nothing passes a shell, and what was filled in is not looked through again: a prompt that says
 * `{branch}` stays as it is.
 */
export type Placeholders = {
  readonly prompt: string
  /** `owner/name#number` */
  readonly issue: string
  readonly worktree: string
  readonly branch: string
  readonly run: string
}

/** Linux takes no single argument that is longer, in bytes. */
export const ARGUMENT_MAX = 131_071

export function substituteArgv(argv: readonly string[], values: Placeholders): readonly string[] {
  return argv.map((argument) =>
    argument.replaceAll(
      /\{(prompt|issue|worktree|branch|run)\}/g,
      (_, name: keyof Placeholders) => values[name],
    ),
  )
}
