/** Whom a ring calls by name in Slack: only whom the channel's owner set, never anything out of a ring's text. Pure. */
import type { TerminalKind } from '../../doorbell/kinds.ts'

/** For each kind `here`, `channel`, `everyone`, or the id of a user (`U…`, `W…`) or of a user group (`S…`). */
export type Mentions = { readonly [kind in TerminalKind]?: readonly string[] | undefined }

export const MENTION_FORM = /^(?:here|channel|everyone|[UWS][A-Z0-9]{2,30})$/

/** Throws a `TypeError` for a name that is not of the form. */
export function assertMentions(mentions: Mentions): void {
  const names = Object.values(mentions).flatMap((each) => each ?? [])
  if (!names.every((name) => MENTION_FORM.test(name)))
    throw new TypeError('a mention is here, channel, everyone, or an id: U…, W… or S…')
}

/** In mrkdwn; null: nobody. */
export function mentionText(mentions: Mentions, kind: TerminalKind): string | null {
  const named = mentions[kind] ?? []
  return named.length === 0 ? null : named.map(spell).join(' ')
}

function spell(name: string): string {
  if (/^[a-z]/.test(name)) return `<!${name}>`
  return name.startsWith('S') ? `<!subteam^${name}>` : `<@${name}>`
}
