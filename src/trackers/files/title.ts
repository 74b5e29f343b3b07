/** An issue's title: what the front matter says, else the first heading, else the file's own words. Pure. */
import { linesOf } from './lines.ts'

type Sources = { readonly title: string | null; readonly body: string; readonly words: string }

export function titleOf({ title, body, words }: Sources): string {
  return oneLine(title ?? '') || oneLine(headingOf(body) ?? '') || oneLine(words)
}

/** Not in a fenced block: there, `# ` begins a shell's comment. */
function headingOf(body: string): string | null {
  let fence: string | null = null
  for (const { from, to } of linesOf(body)) {
    const line = body.slice(from, Math.min(to, from + maxHeading))
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (mark !== undefined) {
      if (fence === null) fence = mark
      else if (mark.startsWith(fence)) fence = null
    } else if (fence === null && line.startsWith('# '))
      return line.slice(2).replace(/[ \t]#+[ \t]*$/, '')
  }
  return null
}

const maxHeading = 1_000

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
