/** What CI says of a commit, as tests expect it. A check that failed has a link of its own. */
import { expect } from 'vitest'

export const none = { verdict: 'none' }
export const pending = { verdict: 'pending', waitsFor: 'checks' }
export const rerun = { verdict: 'pending', waitsFor: 'rerun' }
export const approval = { verdict: 'pending', waitsFor: 'approval' }
export const green = (...passed: string[]) => ({ verdict: 'green', passed })
export const red = (...names: string[]) => ({
  verdict: 'red',
  failing: names.map((name) => ({ name, url: expect.stringMatching(/^https:/) as string })),
})
