/**
 * Lines of a text by offsets, and the one way to change a text here. Pure.
 *
 * A line ends at `\n` alone, with or without `\r` before it: nothing else that a regular expression or
 * an editor takes for a line break may hide a fence or a marker.
 */
export type Span = { readonly from: number; readonly to: number }

/** `to`: where its text ends; `next`: where the next line begins. */
export type Line = Span & { readonly next: number }

export function lineAt(text: string, at: number): Line {
  const from = lineStart(text, at)
  const feed = text.indexOf('\n', at)
  if (feed === -1) return { from, to: text.length, next: text.length }
  return { from, to: feed > from && text[feed - 1] === '\r' ? feed - 1 : feed, next: feed + 1 }
}

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** Where the line after `at` begins; `at` itself if a line begins there. */
export function afterLine(text: string, at: number): number {
  return at > 0 && text[at - 1] === '\n' ? at : lineAt(text, at).next
}

export function* linesOf(text: string, from = 0): Generator<Line> {
  for (let at = from; at < text.length;) {
    const line = lineAt(text, at)
    yield line
    at = line.next
  }
}

export function splice(text: string, { from, to }: Span, replacement: string): string {
  return text.slice(0, from) + replacement + text.slice(to)
}
