/** Issues as people write them: every spelling of labels, any order of keys, any editor's line ends. */
import fc from 'fast-check'

import { hostileText } from './hostile-text.ts'

const labels = fc.constantFrom(
  ...['labels: []', 'labels: [ ]', 'labels:', 'labels:   # none yet', 'labels:\n  # none yet'],
  ...['labels: [ready]', 'labels: [ "ready" , bug ]   # two', "labels: ['it''s', ready,]"],
  ...['labels: [a,b,c]', 'labels: [\n  a, # first\n  b  # second\n  ]', 'labels: [\n  a,\n  b,\n]'],
  ...[
    'labels:\n  - ready',
    'labels:\n- ready\n- bug   # note',
    'labels:\n    - "a: b"\n    # more\n',
  ],
  ...["labels:\n  -   ready  \n\n  - 'b'", 'labels: ["a, b", \'# c\']', '"labels": [ready]'],
)

const others = fc.constantFrom(
  ...[
    'title: A title',
    "title: 'quoted: yes'",
    'title: >-\n  folded\n  text',
    'priority: 2',
    'priority:',
  ],
  ...['blocked_by: [3, 12]', 'blocked_by:\n  - 3', 'state: open', 'state: "open"   # still'],
  ...[
    'labelled_by: kim',
    'estimate: {days: 3,  who: [a, b]}',
    'notes: |+\n  kept\n\n',
    'x: &a [1]\ny: *a',
  ],
  ...[
    '# a comment',
    '"odd key":   spaced   ',
    'nested:\n  labels: [not, ours]\n  state: closed',
    '',
  ],
)

const frontMatter = fc
  .tuple(fc.array(others, { maxLength: 6 }), fc.option(labels), fc.nat())
  .map(([lines, mine, at]) => {
    const all = mine === null ? lines : lines.toSpliced(at % (lines.length + 1), 0, mine)
    const keys = new Set<string>()
    return all.filter((line) => {
      const key = /^"?([\w ]+)"?:/.exec(line)?.[1]
      if (key === undefined || !keys.has(key)) return key === undefined || keys.add(key)
      return false
    })
  })
  .map((lines) => `---\n${lines.map((line) => `${line}\n`).join('')}---\n`)

const body = fc.oneof(
  fc.constantFrom('', '\n', '# A heading\n\ntext\n', 'no final newline', '  \n\n--- \n---\nx: y\n'),
  hostileText.map((text) => text.toWellFormed()),
)

/** No two keys alike; well-formed, and never empty. */
export const issueText: fc.Arbitrary<string> = fc
  .record({
    front: fc.oneof(
      { weight: 5, arbitrary: frontMatter },
      { weight: 1, arbitrary: fc.constant('') },
    ),
    body,
    eol: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
  })
  .map(({ front, body: text, eol, mark }) => mark + (front + text).replaceAll(/\r?\n/g, eol))
  .filter(
    (text) =>
      /[^\s\0\ufeff]/.test(text) && (/^\ufeff?---\r?\n/.test(text) || !/^\ufeff?---/.test(text)),
  )
