import { describe, expect, test } from 'vitest'

import { type Happened, last, lastLabelled } from './happened.ts'

const user = (login: string) => ({ id: 1, login, type: 'User' })

function event(name: string, more: Partial<Happened> = {}): Happened {
  return { event: name, at: 0, actor: null, label: null, commit: null, ...more }
}

const labeled = (login: string, at: number, label = 'ready') =>
  event('labeled', { actor: user(login), at, label })
const unlabeled = (at: number, label = 'ready') => event('unlabeled', { at, label })

describe('who labelled it', () => {
  test.each<[string, readonly Happened[], string | null]>([
    ['nobody', [], null],
    ['nobody of another label', [labeled('kim', 1, 'already')], null],
    ['whoever did', [labeled('kim', 1)], 'kim'],
    ['whoever did so last', [labeled('kim', 1), labeled('joe', 2)], 'joe'],
    ['in any case', [labeled('kim', 1, 'READY')], 'kim'],
    ['nobody, once it was taken off', [labeled('kim', 1), unlabeled(2)], null],
    ['still who did, if another was taken off', [labeled('kim', 1), unlabeled(2, 'bug')], 'kim'],
    ['who put it on again', [labeled('kim', 1), unlabeled(2), labeled('joe', 3)], 'joe'],
    ['by time, in whatever order they come', [labeled('joe', 3), labeled('kim', 1)], 'joe'],
    ['as they come within a second', [labeled('kim', 1), unlabeled(1), labeled('joe', 1)], 'joe'],
  ])('is %s', (_, events, login) => {
    expect(lastLabelled(events, 'ready')?.actor?.login ?? null).toBe(login)
  })
})

test('of several events of a name the last counts', () => {
  const events = [event('closed', { at: 5, commit: 'b' }), event('closed', { at: 3, commit: 'a' })]
  expect(last(events, 'closed')?.commit).toBe('b')
  expect(last(events, 'renamed')).toBeNull()
})
