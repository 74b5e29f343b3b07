import { describe, expect, test } from 'vitest'

import { issueFile, trackedIssue } from './issue-file.ts'

const issue = (text: string, name = '0007-fix-the_login.md') =>
  trackedIssue(issueFile(name, text), 'kim')

describe('the title', () => {
  test.each([
    ['---\ntitle: From above\n---\n# From below\n', 'From above'],
    ['---\ntitle:\n---\nText.\n\n# From   below #\n', 'From below'],
    ['---\ntitle: >-\n  two\n\n  lines\n---\n', 'two lines'],
    ['```sh\n# a shell’s comment\n```\n\n# A heading\n', 'A heading'],
    ['~~~\n```\n# no\n~~~\n# Yes\n', 'Yes'],
    ['## Not this\nNor that\n', 'fix the login'],
    ['#\n', 'fix the login'],
    ['\ufeff# With a mark\r\n', 'With a mark'],
  ])('of %j is %j', (text, title) => {
    expect(issue(text).title).toBe(title)
  })

  test.each([
    ['0007-fix-the_login.md', 'fix the login'],
    ['0007.md', '0007'],
    ['7 ünï  cödé.md', 'ünï cödé'],
    ['0007-a.b.md', 'a.b'],
  ])('of a file %j without any other is its words', (name, title) => {
    expect(issue('text', name)).toMatchObject({ number: 7, title })
  })

  test('of an issue is not taken from our comment', () => {
    const ours = '<!-- afk: below this line AFK writes -->\n# Ours\n'
    const end = '<!-- afk: above this line AFK wrote, seal 0123456789abcdef -->\n'
    expect(issue(`text\n${ours}${end}`)).toMatchObject({ title: 'fix the login', body: 'text' })
  })
})

describe('the body', () => {
  test.each([
    ['---\n---\n\n\n  indented\n\n', '  indented'],
    ['---\r\nlabels: []\r\n---\r\none\r\ntwo\r\n', 'one\ntwo'],
    ['one\n---\nstate: closed\n---\n', 'one\n---\nstate: closed\n---'],
    ['---\nx: |\n  ---\n---\nbody', 'body'],
    ['---\nx: "\u2028---\u2028"\n---\nbody', 'body'],
    ['---   \nstate: closed\n---\t\nbody', 'body'],
    ['---\n---\n\u0000\u001b[31m😀', '\u0000\u001b[31m😀'],
  ])('of %j is %j', (text, body) => {
    expect(issue(text).body).toBe(body)
  })
})

describe('trust', () => {
  test.each([
    ['', true, null],
    ['labelled_by:\n', true, null],
    ['labelled_by: kim\n', true, 'kim'],
    ['labelled_by: "kim"\n', true, 'kim'],
    ['labelled_by: Kim\n', false, 'Kim'],
    ['labelled_by: mallory\n', false, 'mallory'],
    ['labelled_by: kim, mallory\n', false, 'kim, mallory'],
  ])('in %j is %j', (front, isTrusted, readyBy) => {
    expect(issue(`---\n${front}---\n`)).toMatchObject({ isTrusted, readyBy })
  })
})

describe('a closed issue', () => {
  test.each([
    ['', null, null],
    ['closed_by:\n', null, null],
    ['closed_by: kim\n', 'kim', null],
    ['closed_by: { who: kim, commit: abc }\n', 'kim', 'abc'],
    ['closed_by:\n  commit: 0123\n', null, '0123'],
    ['closed_by: { who: null, commit: ~ }\n', null, null],
  ])('with %j says who closed it', (front, who, commit) => {
    expect(issue(`---\nstate: closed\n${front}---\n`).closedBy).toEqual({ who, commit })
    expect(issue(`---\n${front}---\n`).closedBy).toBeNull()
  })
})

test('numbers are read as people write them', () => {
  expect(issue('---\npriority: -1\nblocked_by: [3, "#12", 0004, 3]\n---\n')).toMatchObject({
    priority: -1,
    blockedBy: [3, 12, 4],
  })
  expect(issue('---\npriority:\nblocked_by: 3\n---\n')).toMatchObject({
    priority: null,
    blockedBy: [3],
  })
})
