/**
 * The issues that a text says it is blocked by. Pure.
 *
 * A line that begins with `Blocked by` or `Depends on`, also as an item of a list, and names issues: `#12`,
 * `owner/name#12`, or the address of one on GitHub. All that such a line names count.
 */
export type Mention = {
  /** `owner/name`; null: here. */
  readonly repo: string | null
  readonly number: number
}

export function mentionsIn(body: string): readonly Mention[] {
  const found = new Map<string, Mention>()
  for (const [, rest = ''] of body.matchAll(lines))
    for (const [, path, name, number] of rest.matchAll(issues)) {
      const repo = path ?? name ?? null
      found.set(`${repo ?? ''}#${number}`, { repo, number: Number(number) })
    }
  return [...found.values()]
}

const lines = /^[ \t>]*(?:[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)?[*_]*(?:blocked by|depends on)\b(.*)$/gim

const issues =
  /(?:https:\/\/[\w.-]+\/([\w.-]+\/[\w.-]+)\/issues\/|(?<![\w./-])([\w.-]+\/[\w.-]+)?#)(\d{1,9})(?!\d)/g
