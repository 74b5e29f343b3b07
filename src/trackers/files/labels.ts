/**
 * Adds one label to a list of labels as its author spelled it, or takes one out, and touches nothing else. Pure.
 *
 * A label that was added and is taken out again leaves the same bytes. A comment beside a label that
 * goes stays.
 */
import { FileFault } from './file-fault.ts'
import { insertLine, isAdded, type Layout, takeLines } from './layout.ts'
import { afterLine, lineAt, linesOf, lineStart, type Span, splice } from './lines.ts'

/** How the labels are spelled, by offsets into the whole text. `keyAt`: where `labels` stands. */
export type Labels = { readonly items: readonly LabelAt[] } & (
  | { readonly form: 'absent'; readonly indent: string }
  | { readonly form: 'empty'; readonly keyAt: number; readonly indent: string }
  | { readonly form: 'flow'; readonly keyAt: number; readonly opensAt: number }
  | { readonly form: 'block'; readonly keyAt: number }
)

export type LabelAt = Span & { readonly label: string }

type Place = { readonly name: string; readonly layout: Layout; readonly labels: Labels }

export function addLabel(text: string, { name, layout, labels }: Place, label: string): string {
  const last = labels.items.at(-1)
  const put = (at: number, what: string) => splice(text, { from: at, to: at }, what)
  switch (labels.form) {
    case 'absent':
      return insertLine(text, layout, `${labels.indent}labels: [${spelled(label)}]`)
    case 'empty':
      return put(
        lineAt(text, labels.keyAt).next,
        `${labels.indent}  - ${spelled(label)}${layout.eol}`,
      )
    case 'flow':
      if (last === undefined) return put(labels.opensAt + 1, spelled(label))
      return put(last.to, `, ${spelled(label)}`)
    case 'block': {
      if (last === undefined) throw puzzled(name)
      const dash = dashOf(text, name, last)
      const indent = text.slice(lineStart(text, dash), dash)
      return put(afterLine(text, last.to), `${indent}- ${spelled(label)}${layout.eol}`)
    }
  }
}

/** Takes out the first item that says it. */
export function removeLabel(text: string, { name, layout, labels }: Place, label: string): string {
  const index = labels.items.findIndex((item) => item.label === label)
  const item = labels.items[index]
  if (item === undefined || labels.form === 'absent' || labels.form === 'empty') return text
  if (labels.form === 'block') return splice(text, blockPart(text, name, item), '')
  const line = lineAt(text, labels.keyAt)
  if (labels.items.length === 1 && isAdded(text, labels.keyAt))
    return takeLines(text, layout, { from: line.from, to: line.next })
  return withoutFlowItem(text, {
    item,
    before: labels.items[index - 1] ?? null,
    isLast: index === labels.items.length - 1,
  })
}

/** Plain where every reader of YAML takes it for a string. */
function spelled(label: string): string {
  const isWord = /^[A-Za-z][\w./-]*(?: [\w./-]+)*$/.test(label)
  if (isWord && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(label)) return label
  return JSON.stringify(label).replaceAll(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The item's lines; where a comment follows it, only the item. */
function blockPart(text: string, name: string, item: LabelAt): Span {
  const dash = dashOf(text, name, item)
  const next = afterLine(text, item.to)
  const isAlone = text.slice(item.to, next).trim() === ''
  if (isAlone) return { from: lineStart(text, dash), to: next }
  return { from: dash, to: item.to + blanksAt(text, item.to) }
}

function dashOf(text: string, name: string, { from }: LabelAt): number {
  let at = from - 1
  while (text[at] === ' ' || text[at] === '\t') at--
  if (text[at] !== '-' || text.slice(lineStart(text, at), at).trim() !== '') throw puzzled(name)
  return at
}

type FlowItem = {
  readonly item: LabelAt
  readonly before: LabelAt | null
  readonly isLast: boolean
}

/** With the comma before it where that stands on its line, else with one of its commas; comments stay. */
function withoutFlowItem(text: string, { item, before, isLast }: FlowItem): string {
  const comma = before === null ? null : commaAfter(text, before.to)
  if (comma !== null && /^,[ \t]*$/.test(text.slice(comma, item.from)))
    return splice(text, { from: comma, to: item.to }, '')
  const after = commaAfter(text, item.to)
  if (after === null && comma !== null && isLast)
    return splice(dropped(text, item), { from: comma, to: comma + 1 }, '')
  if (after === null) return splice(text, item, '')
  if (text.slice(item.to, after).trim() === '')
    return dropped(text, { from: item.from, to: after + 1 + blanksAt(text, after + 1) })
  return splice(splice(text, { from: after, to: after + 1 }, ''), item, '')
}

/** A line that held nothing else goes whole; a comment left alone on it stands where the item stood. */
function dropped(text: string, span: Span): string {
  const from = lineStart(text, span.from)
  const { to, next } = lineAt(text, span.to)
  if (text.slice(from, span.from).trim() !== '') return splice(text, span, '')
  if (text.slice(span.to, to).trim() === '') return splice(text, { from, to: next }, '')
  return splice(text, { from: span.from, to: span.to + blanksAt(text, span.to) }, '')
}

/** Where the next comma outside of a comment is, before anything else. */
function commaAfter(text: string, from: number): number | null {
  for (const line of linesOf(text, from)) {
    const start = Math.max(line.from, from)
    const said = text.slice(start, line.to)
    const comma = /^[ \t]*,/.exec(said)
    if (comma !== null) return start + comma[0].length - 1
    if (!/^[ \t]*(?:#|$)/.test(said)) return null
  }
  return null
}

const blanksAt = (text: string, at: number) =>
  /^[ \t]*/.exec(text.slice(at, at + 1_000))?.[0].length ?? 0

const puzzled = (name: string) =>
  new FileFault(
    { name },
    'has labels that cannot be edited safely: write them as labels: [one, two]',
  )
