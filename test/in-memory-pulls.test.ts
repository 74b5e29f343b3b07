import { describe } from 'vitest'

import { LandingError } from '../src/landing/landing-error.ts'
import { inMemoryCalls } from './in-memory-calls.ts'
import { inMemoryLanding } from './in-memory-landing.ts'
import { inMemoryPulls } from './in-memory-pulls.ts'
import { pullsContract } from './pulls.contract.ts'

describe('pull requests in memory keep the contract:', () => {
  pullsContract(() => {
    const calls = inMemoryCalls()
    const pulls = inMemoryPulls(calls, inMemoryLanding(calls))
    let drawn = 0
    const draw = () => (drawn += 1).toString(16).padStart(40, '0')
    const away = () => {
      throw new LandingError('unreachable', 'the forge is away')
    }
    return {
      pulls,
      push(branch) {
        const head = draw()
        pulls.push(branch, head)
        return head
      },
      mergeByHand(branch) {
        const commit = draw()
        pulls.mergeAs(branch, commit)
        return commit
      },
      close: pulls.closeOf,
      reopen: pulls.reopenOf,
      conflict: pulls.conflict,
      refuse: (what) => pulls.refuses(what, 'a person must'),
      away() {
        for (const call of ['of', 'mayBeMerged', 'conflicts', 'open', 'merge'])
          calls.during(`pulls ${call}`, away)
      },
      fresh() {},
    }
  })
})
