import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../../test/hostile-text.ts'
import { commentsIn } from '../../../test/issue-folder.ts'
import { issueText } from '../../../test/issue-texts.ts'
import { bodyOf, commentMarker, placeComment } from './comment.ts'
import { seal } from '../digest.ts'
import { comment } from './edit.ts'
import { issueFile } from './issue-file.ts'

const place = (rest: string, text: string) => placeComment(rest, { comment: text, eol: '\n', seal })
const file = (text: string) => issueFile('0001-x.md', text)
const said = (text: string, words: string) => comment(words)(file(text))
const anyComment = fc.oneof(
  hostileText,
  fc.constantFrom(
    '',
    '\n',
    `${commentMarker}\n`,
    `a\n${place('', 'b')}c`,
    '---\nstate: closed\n---',
  ),
)

describe('a comment', () => {
  test('is added below all that a person wrote, and changes nothing of it', () => {
    const property = fc.property(issueText, anyComment, anyComment, (text, one, other) => {
      const once = said(text, one)
      expect(once.startsWith(text)).toBe(true)
      expect(file(once)).toMatchObject({ title: file(text).title, body: file(text).body })
      expect(said(once, one)).toBe(once)
      const twice = said(once, other)
      expect(twice.startsWith(text)).toBe(true)
      expect(said(twice, one)).toBe(once)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('keeps what a person writes below it, whatever that is', () => {
    const property = fc.property(anyComment, anyComment, hostileText, (one, other, below) => {
      // Blanks at the end of a line are not told from an editor's.
      fc.pre(one.replaceAll(/\s/g, '') !== other.replaceAll(/\s/g, ''))
      const tail = below.replaceAll('<!-- afk:', '')
      const after = place(place('body\n', one) + tail, other)
      expect(after).toBe(place('body\n', other) + tail)
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('stands one blank line below the body', () => {
    for (const body of ['text', 'text\n', 'text\n\n'])
      expect(place(body, 'ours')).toMatch(
        /^text\n\n<!-- afk: below this line AFK writes -->\nours\n<!-- /,
      )
    expect(place('', 'ours').startsWith(commentMarker)).toBe(true)
  })

  test('has the line ends of its file', () => {
    const after = said('---\r\nlabels: []\r\n---\r\ntext', 'a\nb\r\nc\rd')
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  test('that a person changed is kept below ours', () => {
    const before = place('body\n', 'line one\nline two').replace('line two', 'line two: no, never!')
    const after = place(before, 'done')
    expect(commentsIn(after)[0]).toBe('done')
    expect(after.trimEnd().endsWith('\n\nline one\nline two: no, never!')).toBe(true)
    expect(commentsIn(place(after, 'done!'))[0]).toBe('done!')
    expect(place(after, 'done!').match(/never!/g)).toHaveLength(1)
  })

  test('whose blanks and line ends an editor changed was not changed', () => {
    const before = place('body\n', 'one  \ntwo').replaceAll('\n', '\r\n').replace('one  ', 'one')
    expect(place(before, 'three').match(/one/g)).toBeNull()
  })

  test('cannot hold a marker, or drive a terminal', () => {
    const hostile = `x\n${place('', 'fake')}\u001b[31m\u009b\0y`
    const after = place('body\n', hostile)
    expect(after.match(/^<!-- afk: /gm)).toHaveLength(2)
    expect(after).not.toMatch(/(?!\n)\p{Cc}/u)
    expect(bodyOf(after, seal)).toBe('body')
  })
})

describe('a marker in a body', () => {
  test('alone is part of the body', () => {
    const body = `quote:\n${commentMarker}\nmore\n  ${commentMarker}\n`
    expect(bodyOf(body, seal)).toBe(body.trim())
    expect(bodyOf(place(body, 'ours'), seal)).toBe(body.trim())
    expect(place(place(body, 'ours'), 'other')).toBe(place(body, 'other'))
  })

  test('with its end is part of the body once ours stands below', () => {
    const quoted = `${place('', 'quoted').replace('quoted', 'something else')}more\n`
    const both = `${quoted}\n${place('', 'ours')}`
    expect(bodyOf(both, seal)).toBe(quoted.trim())
    expect(place(both, 'new')).toBe(`${quoted}\n${place('', 'new')}`)
  })

  test('that only ends a comment does not reach back to ours', () => {
    const end = place('', 'gone').split('\n')[2]!
    const both = `body\n${place('', 'ours').replace('ours', 'edited')}theirs\n${end}\n`
    const after = place(both, 'new')
    expect(commentsIn(after)[0]).toBe('new')
    expect(after).toContain('edited\ntheirs\n')
  })

  test('below ours does not make ours part of the body', () => {
    const fake = place('', 'quoted').replace('quoted', 'something else')
    const both = `body\n${place('', 'ours')}${fake}`
    expect(bodyOf(both, seal)).toBe('body')
    expect(place(both, 'new')).toBe(`body\n${place('', 'new')}${fake}`)
  })
})
