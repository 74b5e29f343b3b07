/**
 * Finds a message that ntfy already has, in what its subscribe API answers (NDJSON). Pure.
 *
 * A line that is not ours, or not whole, says nothing. No answer at all says nothing either: a token
 * that may only write cannot ask, and then the sequence id alone folds the repeat.
 */
export function findPublished(ndjson: string, handle: string): string | null {
  for (const line of ndjson.split('\n')) {
    if (!line.includes(handle)) continue
    const message = parse(line)
    if (message.event === 'message' && message.sequence_id === handle)
      return typeof message.id === 'string' ? message.id : null
  }
  return null
}

type Line = { readonly id?: unknown; readonly event?: unknown; readonly sequence_id?: unknown }

function parse(line: string): Line {
  try {
    return Object(JSON.parse(line)) as Line
  } catch {
    return {}
  }
}
