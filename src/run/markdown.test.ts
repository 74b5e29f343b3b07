import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { rendered } from '../../test/rendered.ts'
import { code, leavesTraces, linked, quoted } from './markdown.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'

/** What somebody means harm with, and how it is shown. */
const hostile: ReadonlyArray<readonly [string, string]> = [
  ['a name that would be called', '@octocat'],
  ['a team', '@octo/owners'],
  ['an issue', '#12'],
  ['an issue by its other spelling', 'GH-12'],
  ['an issue elsewhere', 'octo/infra#12'],
  ['a commit', sha],
  ['a commit elsewhere', `octo/infra@${sha}`],
  ['a closing word', 'Fixes #12, closes octo/infra#13'],
  ['an issue’s address', 'https://github.com/octo/infra/issues/12'],
  ['a bare address', 'www.evil.test'],
  ['an address of mail', 'a@evil.test'],
  ['a link', '[click](https://evil.test)'],
  ['a link in brackets', '<https://evil.test>'],
  ['a link by reference', '[click][1]'],
  ['an image', '![x](https://evil.test/x.png)'],
  ['HTML', '<img src=x onerror=alert(1)> <b>x</b> &lt;b&gt;'],
  ['the end of what folds', '</details></details>'],
  ['an HTML comment', '<!-- hidden -->'],
  ['a verdict', '**done** at 1234'],
  ['a ticked box', '- [x] CI green'],
  ['a heading', '# done'],
  ['a table', '| a | b |'],
  ['a formula', '$x$ $`x`$'],
  ['a backslash at its end', 'x\\'],
  ['a backtick', '`'],
  ['backticks within', 'a `b` ``c`` d'],
  ['backticks at its ends', '``a`'],
  ['blanks', ' \t '],
]

describe('somebody’s text', () => {
  test.each(hostile)('is code and nothing else: %s', (_, text) => {
    const { words, code: shown, links, others } = rendered(`CI red: ${code(text)}, and on`)
    const line = text.trim() === '' ? ' ' : text
    expect({ words, shown, links, others }).toEqual({
      words: 'CI red: \n, and on',
      shown: [line],
      links: [],
      others: [],
    })
  })

  test.each(hostile)('that is quoted is code and nothing else: %s', (_, text) => {
    const { words, code: shown, links, others } = rendered(`Words.\n\n${quoted(`${text}\nmore`)}`)
    const lines = text.trim() === '' ? ['more'] : [text, 'more']
    expect({ words, shown, links, others }).toEqual({
      words: 'Words.',
      shown: lines,
      links: [],
      others: [],
    })
  })

  test.each([
    ['a\nb', '`a / b`'],
    ['a\u2028# b', '`a / # b`'],
    ['\u001b[31mred\u202e\u0007', '`red`'],
    ['x'.repeat(400), `\`${'x'.repeat(299)}…\``],
    ['\ud800', '`\ufffd`'],
  ])('is one line, without what drives a terminal, and is cut: %j', (text, shown) => {
    expect(code(text)).toBe(shown)
  })

  test('whatever it is changes no word around it', () => {
    const harmful = fc.constantFrom(...hostile.map(([, text]) => text), '\n\n', '`', '``', '\n> ')
    const texts = fc.array(fc.oneof(harmful, hostileText), { maxLength: 6 })
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('')
        const page = rendered(`- [x] a ${code(text)} b ${code(text)}\n\n${quoted(text)}\n\nEnd.`)
        expect(page).toMatchObject({ words: '[\nx] a \n b \nEnd.', links: [], others: [] })
      }),
    )
  })
})

describe('a quoted text', () => {
  test('keeps its lines, and one blank line of many', () => {
    expect(quoted('Which?\n\n\n\n  80\n\t81  ')).toBe('> `Which?`\n>\n> `  80`\n> `\t81`')
  })

  test('is cut at 1,500 characters', () => {
    expect(quoted('x'.repeat(9_000))).toBe(`> \`${'x'.repeat(1_499)}…\``)
  })
})

describe('a link', () => {
  test.each([
    'https://ci.test/1',
    'http://127.0.0.1:8080/job?id=1&name=a%20b#log',
    'HTTPS://ci.test',
    'https://ci.test/a(b)[c]_d_*e*~f~',
    'https://ci.test/?copy=1&copy=2&amp;=3',
  ])('leads where it says: %s', (url) => {
    const { links, words, code: shown, others } = rendered(`a ${linked(code('te]st'), url)} b`)
    expect({ links, shown, others }).toEqual({ links: [url], shown: ['te]st'], others: [] })
    expect(words).toBe('a \n b')
  })

  test.each([
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['file:///etc/passwd'],
    ['t3code://threads/1'],
    ['//evil.test'],
    ['https://'],
    ['https:///x'],
    ['https://github.com@evil.test/'],
    ['https://ci.test/a b'],
    ['https://ci.test/>'],
    ['https://ci.test/\\'],
    ['https://ci.test/`'],
    ['https://ci.test/\n[x](y)'],
    ['https://ci.test/"onclick="x'],
    ['https://ci.test/\u202egnp'],
    ['https://[::1'],
    [`https://ci.test/${'x'.repeat(300)}`],
    [null],
  ])('that is none leaves the label: %j', (url) => {
    expect(linked(code('test'), url)).toBe('`test`')
  })
})

test.each([
  ['https://github.com/octo/infra/issues/12', true],
  ['https://github.com/octo/infra/pull/3/checks?check_run_id=1', true],
  ['https://github.com/octo/infra/%69ssues%2F12', true],
  ['https://github.com/octo/infra/discussions/1', true],
  ['https://gitlab.test/a/b/-/merge_requests/1', true],
  ['https://github.com/octo/infra/actions/runs/1/job/2', false],
  ['https://ci.test/issues/latest', false],
])('%s leaves a trace where it leads: %s', (url, leaves) => {
  expect(leavesTraces(url)).toBe(leaves)
})
