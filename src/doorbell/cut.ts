/**
 * Cuts text to a number of UTF-8 bytes, on a code point boundary, ending in `…` where something was cut.
 * Pure. Text that fits comes back as it is; the result never exceeds `maxBytes`.
 */
export function cut(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text
  const room = maxBytes - ellipsisBytes
  if (room < 0) return ''
  // encodeInto stops before the first code point that does not fit whole.
  const { read } = encoder.encodeInto(text, new Uint8Array(room))
  return `${text.slice(0, read)}…`
}

/** Cut so that it takes at most `maxBytes` as a JSON string, where some characters take two bytes or six. */
export function cutForJson(text: string, maxBytes: number): string {
  let short = text
  for (;;) {
    const excess = byteLength(JSON.stringify(short)) - maxBytes
    if (excess <= 0) return short
    short = cut(text, Math.max(0, byteLength(short) - Math.ceil(excess / 6)))
  }
}

/** How many bytes the text takes in UTF-8; a lone surrogate counts as the three of U+FFFD. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}

const ellipsisBytes = 3
const encoder = new TextEncoder()
