import { describe, expect, test } from 'vitest'

import { SESSION_MS, sessions } from './sessions.ts'

const operator = 'operator-token-0123456789'

/** Its clock stands until it is moved, and its ids count. */
function known() {
  let [now, count] = [1_000, 0]
  const made = sessions({ now: () => now, newId: () => `session-${++count}` })
  const begin = () => {
    const begun = made.begin(operator, operator)
    if (begun.type !== 'begun') throw new Error(begun.type)
    return begun.id
  }
  const wrong = (times: number) =>
    Array.from({ length: times }, () => made.begin('guess', operator).type)
  return { ...made, beginOne: begin, wrong, later: (ms: number) => void (now += ms) }
}

describe('a session', () => {
  test('holds for a week, and not a moment longer', () => {
    const { beginOne, holds, later } = known()
    const id = beginOne()
    later(SESSION_MS - 1)
    expect(holds(id, operator)).toBe(true)
    later(1)
    expect(holds(id, operator)).toBe(false)
  })

  test('ends when it is ended, and no other with it', () => {
    const { beginOne, holds, end } = known()
    const [one, other] = [beginOne(), beginOne()]
    end(one)
    expect([holds(one, operator), holds(other, operator)]).toEqual([false, true])
  })

  test('ends with the token that it was begun with', () => {
    const { beginOne, holds } = known()
    const id = beginOne()
    expect([holds(id, `${operator}2`), holds(id, undefined)]).toEqual([false, false])
  })

  test.each(['', 'session-2', 'session', 'SESSION-1'])('has no other id: %j', (id) => {
    const { beginOne, holds } = known()
    beginOne()
    expect(holds(id, operator)).toBe(false)
  })

  test('of a hundred and one the oldest is let go', () => {
    const { beginOne, holds } = known()
    const ids = Array.from({ length: 101 }, beginOne)
    expect(ids.filter((id) => !holds(id, operator))).toEqual([ids[0]])
  })
})

describe('a sign-in', () => {
  test.each(['', 'x', operator.slice(1), `${operator} `])('with %j is wrong', (given) => {
    expect(known().begin(given, operator)).toEqual({ type: 'wrong' })
  })

  test('where no operator has a token is wrong, whatever is given', () => {
    expect(known().begin('', undefined)).toEqual({ type: 'wrong' })
  })

  test('is held up after ten wrong tokens, also with the right one, until six seconds have passed', () => {
    const { begin, wrong, later } = known()
    expect(new Set(wrong(10))).toEqual(new Set(['wrong']))
    expect(begin(operator, operator)).toEqual({ type: 'wait', seconds: 6 })
    later(5_999)
    expect(begin(operator, operator)).toEqual({ type: 'wait', seconds: 1 })
    later(1)
    expect(wrong(2)).toEqual(['wrong', 'wait'])
    later(6_000)
    expect(begin(operator, operator)).toMatchObject({ type: 'begun' })
  })

  test('with the right token costs nothing', () => {
    const { beginOne, wrong } = known()
    for (let i = 0; i < 50; i += 1) beginOne()
    expect(new Set(wrong(10))).toEqual(new Set(['wrong']))
  })

  test('is held up no longer where the clock was set back', () => {
    const { begin, wrong, later } = known()
    wrong(10)
    later(-1_000_000)
    expect(begin(operator, operator)).toEqual({ type: 'wait', seconds: 6 })
  })
})
