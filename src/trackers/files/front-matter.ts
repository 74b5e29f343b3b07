/**
 * Front matter as what it says and where it says so. YAML, with every scalar taken as the text it is.
 *
 * Keys that are not ours are kept as `others` and never judged. One of ours that says something else
 * than it may is a fault with its line: a guess could start an agent or close an issue.
 */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'

import { FileFault } from './file-fault.ts'
import type { Labels } from './labels.ts'
import type { Layout } from './layout.ts'
import { afterLine, lineStart, type Span } from './lines.ts'

export type FrontMatter = {
  readonly title: string | null
  readonly priority: number | null
  readonly blockedBy: readonly number[]
  readonly isOpen: boolean
  readonly labelledBy: string | null
  readonly closedBy: { readonly who: string | null; readonly commit: string | null }
  readonly labels: Labels
  /** The value, in its quotes. */
  readonly stateAt: Span | null
  /** Whole lines, from the key's. */
  readonly closedByAt: Span | null
  /** What stands before a key. */
  readonly indent: string
  /** The source of every key that is not ours. */
  readonly others: readonly string[]
}

type Ask = { readonly name: string; readonly text: string; readonly layout: Layout }

/** @throws {FileFault} */
export function frontMatter(ask: Ask): FrontMatter {
  const pairs = pairsOf(ask)
  const complain = (at: number | undefined, what: string): never => {
    throw new FileFault({ name: ask.name, line: lineNumber(ask.text, at) }, what)
  }
  const fields = new Map(pairs.map((pair) => [pair.key, pair]))
  const indent = ask.text.slice(lineStart(ask.text, pairs[0]?.at ?? 0), pairs[0]?.at ?? 0)
  const field = (key: string) => fields.get(key)
  const state = stateOf(field('state'), complain)
  const closedBy = field('closed_by')
  return {
    title: textOf(field('title'), complain),
    priority: numberOf(field('priority'), complain),
    blockedBy: blockersOf(field('blocked_by'), complain),
    labelledBy: textOf(field('labelled_by'), complain),
    ...state,
    closedBy: closerOf(closedBy, complain),
    labels: labelsOf(field('labels'), { indent, complain }),
    closedByAt: closedBy === undefined ? null : wholeLines(ask.text, closedBy),
    indent,
    others: pairs.filter(({ key }) => !ours.has(key)).map(({ at, to }) => ask.text.slice(at, to)),
  }
}

const ours = new Set([
  'title',
  'priority',
  'blocked_by',
  'labelled_by',
  'state',
  'closed_by',
  'labels',
])

/** `to`: where its value ends. */
type Field = {
  readonly key: string
  readonly at: number
  readonly to: number
  readonly base: number
  readonly value: unknown
}

type Complain = (at: number | undefined, what: string) => never

function pairsOf({ name, text, layout }: Ask): Field[] {
  const { front } = layout
  if (front === null) return []
  const source = text.slice(front.from, front.to)
  const document = parsed(name, source)
  const [error] = document.errors
  const fault = (at: number, what: string) =>
    new FileFault({ name, line: lineNumber(text, front.from + at) }, what)
  if (error !== undefined)
    throw fault(error.pos[0], `is not YAML: ${error.message}: mend the front matter`)
  const stray = /^(?:\.\.\.|%)/m.exec(source)
  if (stray !== null)
    throw fault(stray.index, 'has YAML directives or two documents: take them out')
  const { contents } = document
  if (contents === null) return []
  if (!isMap(contents) || contents.flow === true)
    throw fault(0, 'has front matter that is not one key and value a line: write it so')
  return (contents as YAMLMap).items.flatMap((pair) => fieldOf(pair, front.from))
}

function fieldOf({ key, value }: Pair, base: number): Field[] {
  if (!isScalar(key) || !key.range) return []
  const end =
    (isScalar(value) || isSeq(value) || isMap(value)) && value.range ? value.range[1] : null
  const at = base + key.range[0]
  return [{ key: String(key.value), at, to: base + (end ?? key.range[1]), base, value }]
}

/** The line where an outside library may throw: nesting deep enough ends its stack. */
function parsed(name: string, source: string): Document {
  try {
    const lineCounter = new LineCounter()
    const options = { schema: 'failsafe', prettyErrors: false, logLevel: 'silent' } as const
    return parseDocument(source, { ...options, lineCounter }) as Document
  } catch (error) {
    throw new FileFault({ name }, 'has front matter that cannot be parsed', { cause: error })
  }
}

function lineNumber(text: string, at: number | undefined): number | undefined {
  return at === undefined ? undefined : text.slice(0, at).split('\n').length
}

/** Undefined: it is no scalar. Null: nothing stands there. */
function scalar(value: unknown): string | null | undefined {
  if (value === null) return null
  if (!isScalar(value)) return undefined
  const text = String(value.value)
  const isNothing = value.type === 'PLAIN' && /^(?:|~|null|Null|NULL)$/.test(text)
  return isNothing ? null : text
}

function textOf(field: Field | undefined, complain: Complain): string | null {
  if (field === undefined) return null
  const text = scalar(field.value)
  return text === undefined ? complain(field.at, `has a ${field.key} that is no text`) : text
}

function numberOf(field: Field | undefined, complain: Complain): number | null {
  const text = textOf(field, complain)
  if (text === null) return null
  if (/^[-+]?\d{1,15}$/.test(text)) return Number(text)
  return complain(field?.at, 'has a priority that is no whole number: write such as priority: 2')
}

function blockersOf(field: Field | undefined, complain: Complain): readonly number[] {
  if (field === undefined || scalar(field.value) === null) return []
  const items: readonly unknown[] = isSeq(field.value) ? field.value.items : [field.value]
  return [...new Set(items.map((item) => blocker(item)))]

  function blocker(item: unknown): number {
    const digits = /^#?(\d{1,15})$/.exec(scalar(item) ?? '')?.[1]
    if (digits !== undefined && Number(digits) > 0) return Number(digits)
    return complain(field?.at, 'is blocked by what is no issue: write such as blocked_by: [3, 12]')
  }
}

function stateOf(field: Field | undefined, complain: Complain) {
  if (field === undefined) return { isOpen: true, stateAt: null }
  const { value, base } = field
  const text = scalar(value)
  if (!isScalar(value) || !value.range || (text !== 'open' && text !== 'closed'))
    return complain(field.at, 'has a state that is neither: write state: open or state: closed')
  const stateAt = { from: base + value.range[0], to: base + value.range[1] }
  return { isOpen: text === 'open', stateAt }
}

function closerOf(field: Field | undefined, complain: Complain) {
  const value = field?.value
  if (!isMap(value)) return { who: textOf(field, complain), commit: null }
  const part = (key: string) => {
    const text = scalar(value.get(key, true) ?? null)
    return text === undefined
      ? complain(field?.at, `has a closed_by whose ${key} is no text`)
      : text
  }
  return { who: part('who'), commit: part('commit') }
}

type LabelsAsk = { readonly indent: string; readonly complain: Complain }

function labelsOf(field: Field | undefined, { indent, complain }: LabelsAsk): Labels {
  if (field === undefined) return { form: 'absent', items: [], indent }
  const { value, at: keyAt, base } = field
  const nothing = isScalar(value) && value.type === 'PLAIN' && value.value === ''
  if (value === null || nothing) return { form: 'empty', items: [], keyAt, indent }
  const list = 'has labels that are no list of words: write such as labels: [ready-for-agent]'
  if (!isSeq(value) || !value.range) return complain(keyAt, list)
  const items = value.items.map((item) => {
    const label = scalar(item) ?? ''
    if (!isScalar(item) || !item.range || label === '') return complain(keyAt, list)
    return { label, from: base + item.range[0], to: base + item.range[1] }
  })
  if (value.flow !== true) return { form: 'block', items, keyAt }
  return { form: 'flow', items, keyAt, opensAt: base + value.range[0] }
}

function wholeLines(text: string, { at, to }: Field): Span {
  return { from: lineStart(text, at), to: afterLine(text, to) }
}
