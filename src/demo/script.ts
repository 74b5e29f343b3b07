/** What the demo shows, one issue after the other, and how each must end. */
import type { DemoIssue } from './ground.ts'

export type Scene = DemoIssue & {
  readonly number: number
  /** The verdicts of its runs, in their order. */
  readonly verdicts: readonly string[]
  readonly shows: string
}

export const SCENES: readonly Scene[] = [
  {
    number: 1,
    name: 'lands-at-once',
    body: 'demo: right',
    verdicts: ['done'],
    shows: 'pushed, tests green, landed',
  },
  {
    number: 2,
    name: 'needs-two-fixes',
    body: 'demo: third',
    verdicts: ['done'],
    shows: 'red twice, fixed forward twice, landed',
  },
  {
    number: 3,
    name: 'asks-a-question',
    body: 'demo: ask',
    verdicts: ['needs-human', 'done'],
    shows: 'asked, was answered, went on in the same place, landed',
  },
  {
    number: 4,
    name: 'is-withdrawn',
    body: 'demo: wait',
    verdicts: ['withdrawn'],
    shows: 'a person closed the issue: the agent stops, nobody is rung',
  },
  {
    number: 5,
    name: 'uses-up-its-budget',
    body: 'demo: never',
    verdicts: ['frozen'],
    shows: 'red until the budget of two fixes was used up',
  },
]
