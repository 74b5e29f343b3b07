import { describe, onTestFinished } from 'vitest'

import { open } from '../../../test/github/open.ts'
import { withoutPriorities } from '../../../test/github/without-priorities.ts'
import { closedPort } from '../../../test/listen.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { type TrackerBench, trackerContract } from '../../../test/tracker.contract.ts'
import { githubClient } from '../../github/client.ts'
import { githubTracker } from './tracker.ts'

describe('a repository on GitHub keeps the contract:', () => {
  trackerContract(bench)
})

async function bench(): Promise<TrackerBench> {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, token } = await open({ now: clock.now })
  const trackerAt = (baseUrl: string) => {
    const pace = { writeGapMs: 0, pointsPerMinute: 1_000_000 }
    const client = githubClient({ baseUrl, token: () => token, clock, ...pace })
    onTestFinished(() => client.close())
    return githubTracker({ repo: 'octo/infra', client, readyLabel: 'ready', clock })
  }
  const made = new Map<number, ReturnType<typeof repo.issue>>()
  const issue = (number: number) => made.get(number)!

  return {
    tracker: withoutPriorities(trackerAt(github.url)),
    lost: trackerAt(await closedPort()),
    async make({ title = 'An issue', body = '', labels = [], priority, blockedBy = [], by }) {
      const text = { title, body }
      const one =
        by === undefined ? repo.issue(text) : repo.issue({ ...text, labels, by: world.user(by) })
      made.set(one.number, one)
      for (const label of labels) one.label(label)
      if (priority !== undefined) one.label(`priority: ${priority}`)
      for (const number of blockedBy) one.blockBy(issue(number))
      return one.number
    },
    async rewrite(number, { title, body }) {
      if (title !== undefined) issue(number).retitle(title)
      if (body !== undefined) issue(number).rewrite(body)
    },
    relabel: async (number, labels) => issue(number).relabel(labels),
    closeByHand: async (number) => issue(number).close(),
    closeByCommit: async (number, { who, commit }) =>
      issue(number).close({ by: world.user(who), commit }),
    reopenByHand: async (number) => issue(number).reopen(),
    remove: async (number) => issue(number).remove(),
    comments: async (number) =>
      issue(number).record.comments.map(({ body }) => body.replace(/^<!--.*-->\n/, '')),
    version: async () => String(github.requests.filter(({ method }) => method !== 'GET').length),
  }
}
