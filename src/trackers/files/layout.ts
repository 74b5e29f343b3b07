/**
 * Where in a file its front matter stands, and where its body begins. Pure.
 *
 * Front matter is what stands between a first line `---` and the next such line. A file that begins one
 * and never ends it is a fault, and so is one with nothing in it: both are what a half-written file looks
 * like, and neither says anything about the issue.
 */
import { FileFault } from './file-fault.ts'
import { lineAt, linesOf, type Span, splice } from './lines.ts'

export type Layout = {
  /** What a line ends with here. */
  readonly eol: '\n' | '\r\n'
  /** Between the fences; null: there are none. */
  readonly front: Span | null
  /** With the fences; empty where there are none. */
  readonly fenced: Span
}

const maxFrontMatter = 64 * 1024

/** @throws {FileFault} */
export function layoutOf(name: string, text: string): Layout {
  if (/^[\s\0\ufeff]*$/.test(text)) throw new FileFault({ name }, `is empty: ${halfWritten}`)
  const start = text.startsWith('\ufeff') ? 1 : 0
  const first = lineAt(text, start)
  const eol = /\r\n?$/.test(text.slice(first.to - 1, first.next)) ? '\r\n' : '\n'
  if (!isFence(text.slice(start, first.to)))
    return { eol, front: null, fenced: { from: start, to: start } }
  for (const line of linesOf(text, first.next)) {
    if (!isFence(text.slice(line.from, line.to))) continue
    const front = { from: first.next, to: line.from }
    if (front.to - front.from > maxFrontMatter)
      throw new FileFault({ name }, 'has more than 64 KiB of front matter: move text to the body')
    return { eol, front, fenced: { from: start, to: line.next } }
  }
  const what =
    'begins front matter with --- and never ends it: add a line of --- below the last key'
  throw new FileFault({ name, line: 1 }, what)
}

const halfWritten =
  'an editor may be writing it; if it stays so, write the issue or delete the file'

const isFence = (line: string) => /^---[ \t]*$/.test(line)

/** What ends a line that AFK put into somebody's front matter, so that it can go again without a trace. */
const lineMark = ' # afk added this line'
const fencesMark = ' # afk added these lines'

/** Puts a line at the end of the front matter, and front matter around it where there is none. */
export function insertLine(text: string, layout: Layout, line: string): string {
  const { eol, front, fenced } = layout
  if (front !== null) return splice(text, { from: front.to, to: front.to }, line + lineMark + eol)
  return splice(text, fenced, `---${eol}${line}${fencesMark}${eol}---${eol}`)
}

/** Whether AFK added the line that this stands in. */
export function isAdded(text: string, at: number): boolean {
  const line = lineOf(text, at)
  return line.endsWith(lineMark) || line.endsWith(fencesMark)
}

/** Takes whole lines out; front matter that AFK put around them goes with the last of them. */
export function takeLines(text: string, layout: Layout, lines: Span): string {
  const { front, fenced } = layout
  const isAll = front !== null && lines.from === front.from && lines.to === front.to
  const ours = isAll && lineOf(text, lines.from).endsWith(fencesMark)
  return splice(text, ours ? fenced : lines, '')
}

function lineOf(text: string, at: number) {
  const line = lineAt(text, at)
  return text.slice(line.from, line.to)
}
