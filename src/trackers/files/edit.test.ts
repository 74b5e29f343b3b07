import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { issueText } from '../../../test/issue-texts.ts'
import { close, type Edit, relabel, reopen } from './edit.ts'
import { issueFile } from './issue-file.ts'

const edited = (text: string, ...edits: readonly Edit[]) =>
  edits.reduce((before, edit) => edit(issueFile('0001-x.md', before)), text)
const add = (...labels: string[]) => relabel({ add: labels, remove: [] })
const remove = (...labels: string[]) => relabel({ add: [], remove: labels })
const labelsOf = (text: string) =>
  issueFile('0001-x.md', text).front.labels.items.map(({ label }) => label)
const whole = (front: string) => `---\n${front}---\nbody\n`

const anyLabel = fc.oneof(
  fc.constantFrom(
    'taken',
    'type: bug',
    '# 1',
    "it's",
    '"',
    'a, b',
    ']',
    '12',
    'null',
    '- x',
    'ü😀',
  ),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 5, unit: 'binary' }).map((label) => label.toWellFormed()),
)

describe('a label', () => {
  test('that is added and removed again leaves the same bytes', () => {
    const property = fc.property(
      issueText,
      fc.array(anyLabel, { minLength: 1 }),
      (text, labels) => {
        const fresh = labels.filter((label) => !labelsOf(text).includes(label))
        const with_ = edited(text, add(...fresh))
        expect(new Set(labelsOf(with_))).toEqual(new Set([...labelsOf(text), ...fresh]))
        expect(edited(with_, remove(...fresh))).toBe(text)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  test('that is removed leaves every other line as it was', () => {
    const property = fc.property(issueText, fc.nat(), (text, at) => {
      const labels = labelsOf(text)
      if (labels.length === 0) return
      const gone = labels[at % labels.length]!
      const after = edited(text, remove(gone))
      expect(labelsOf(after)).toEqual(labels.filter((label) => label !== gone))
      for (const comment of text.match(/#(?: \w+)+$/gm) ?? []) expect(after).toContain(comment)
      expect(edited(after, remove(gone))).toBe(after)
    })
    fc.assert(property, { numRuns: 200 })
  })

  test.each([
    ['labels: [a, b]\n', 'labels: [a, b, new]\n'],
    ['labels: [a, b,]\n', 'labels: [a, b, new,]\n'],
    ['labels: []\n', 'labels: [new]\n'],
    ['labels:\n', 'labels:\n  - new\n'],
    ['labels:\n- a  # why\n# more\n', 'labels:\n- a  # why\n- new\n# more\n'],
    ['labels: [\n  a, # one\n  b # two\n]\n', 'labels: [\n  a, # one\n  b, new # two\n]\n'],
    ['  labels:\n      - a\n', '  labels:\n      - a\n      - new\n'],
    ['state: open\n', 'state: open\nlabels: [new] # afk added this line\n'],
    ['  state: open\n', '  state: open\n  labels: [new] # afk added this line\n'],
    ['', 'labels: [new] # afk added this line\n'],
  ])('is added to %j the way its author writes', (before, after) => {
    expect(edited(whole(before), add('new'))).toBe(whole(after))
  })

  test.each([
    ['labels: [x, b]\n', 'labels: [b]\n'],
    ['labels: [a, x, c]\n', 'labels: [a, c]\n'],
    ['labels: [x]\n', 'labels: []\n'],
    ['labels: [x, b, x]\n', 'labels: [b]\n'],
    ['labels: [\n  a, # one\n  x, # two\n  c\n]\n', 'labels: [\n  a, # one\n  # two\n  c\n]\n'],
    ['labels: [\n  a, # one\n  x # two\n]\n', 'labels: [\n  a # one\n  # two\n]\n'],
    ['labels: [\n  a,\n  x,\n  c\n]\n', 'labels: [\n  a,\n  c\n]\n'],
    ['labels: [\n  a # one\n  , x\n]\n', 'labels: [\n  a # one\n  \n]\n'],
    ['labels:\n  - a\n  - x   # please\n', 'labels:\n  - a\n  # please\n'],
    ['labels:\n  - x\nstate: open\n', 'labels:\nstate: open\n'],
  ])('is taken out of %j and nothing else is', (before, after) => {
    expect(edited(whole(before), remove('x'))).toBe(whole(after))
  })

  test('is swapped for another in one change', () => {
    const change = relabel({ add: ['taken'], remove: ['ready'] })
    expect(edited(whole('labels: [ready]\n'), change)).toBe(whole('labels: [taken]\n'))
  })

  test('that is both to be added and removed is added', () => {
    const change = relabel({ add: ['a'], remove: ['a'] })
    expect(edited(whole('labels: []\n'), change)).toBe(whole('labels: [a]\n'))
    expect(edited(whole('labels: [a]\n'), change)).toBe(whole('labels: [a]\n'))
  })

  test('is put into front matter of its own where there is none, which goes with it', () => {
    const [text, front] = ['\ufeff# Title', '---\nlabels: [a] # afk added these lines\n---\n']
    expect(edited(text, add('a'))).toBe(`\ufeff${front}# Title`)
    expect(edited(text, add('a'), remove('a'))).toBe(text)
    expect(edited(text, add('a'), close)).toMatch(
      /^\ufeff---\nlabels: .*\nstate: .*\nclosed_by: .*\n---\n#/,
    )
    expect(edited(text, add('a'), close, reopen, remove('a'))).toBe(text)
  })

  test.each([
    ['labels: [&a x, *a]\n', 'an alias'],
    ['? labels\n: [a]\n? state\n: open\n', 'explicit keys'],
    ['labels:\n  - |\n    x\n    y\n', 'a block of text'],
    ['labels:\n  - &a x\nother: *a\n', 'an anchor'],
  ])('in %j is edited rightly, or refused as a fault (%s)', (front) => {
    for (const edit of [add('new'), remove('x'), close]) {
      try {
        const text = edited(whole(front), edit)
        expect(text === whole(front) || issueFile('0001-x.md', text)).toBeTruthy()
      } catch (error) {
        expect(error).toMatchObject({ name: 'FileFault', code: 'malformed' })
      }
    }
  })

  test('that would not read back as it was meant is refused', () => {
    expect(() => edited(whole('? labels\n:\nx: y\n'), add('new'))).toThrow(/edited safely/)
  })
})

describe('a close', () => {
  test('that is taken back leaves the same bytes', () => {
    const property = fc.property(issueText, (text) => {
      const closed = edited(text, close)
      expect(issueFile('0001-x.md', closed).front).toMatchObject({
        isOpen: false,
        closedBy: { who: 'afk', commit: null },
      })
      expect(edited(closed, close)).toBe(closed)
      expect(edited(closed, reopen)).toBe(text)
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('keeps the quotes of a state and the comment beside it', () => {
    const before = whole(`state: 'open'  # for now\n`)
    expect(edited(before, close)).toContain(`state: 'closed'  # for now\nclosed_by: { who: afk }`)
  })

  test('replaces what an earlier close left', () => {
    const before = whole('state: open\nclosed_by:\n  who: kim\n  commit: abc\nx: y\n')
    const after = 'state: closed\nx: y\nclosed_by: { who: afk } # afk added this line\n'
    expect(edited(before, close)).toBe(whole(after))
  })

  test('by a person keeps what they wrote when it is opened again', () => {
    const before = whole('state: closed\nclosed_by: {who: kim} # by hand\n')
    expect(edited(before, reopen)).toBe(whole('state: open\nclosed_by: {who: kim} # by hand\n'))
  })
})

test('an edit of a large issue does not take long', () => {
  const wide = `${' '.repeat(200_000)}x${'\n'.repeat(200_000)}${'#'.repeat(200_000)}`
  const before = performance.now()
  for (const body of [
    wide,
    ' '.repeat(900_000),
    '<!-- afk:\n'.repeat(90_000),
    '- '.repeat(400_000),
  ])
    expect(edited(`---\nlabels: [a]\n---\n${body}y`, add('b'), remove('b'), close)).toContain(
      'closed',
    )
  expect(performance.now() - before).toBeLessThan(5_000)
})
