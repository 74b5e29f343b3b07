/** What a delivery of GitHub's hastens, on a node that would look again later by itself. */
import { expect, test } from 'vitest'

import type { CheckRunHandle } from './github/checks.ts'
import { webhookSecret } from './github-loop-node.ts'
import { onStage } from './github-loop-stage.ts'
import { until } from './until.ts'

test('a check that has ended is read at once, and its run is judged, where a delivery says so', () => {
  const checks: CheckRunHandle[] = []
  const plan = [[{ push: 'fixed' }]]
  return onStage(
    {
      plan,
      landed: ({ sha }, _, repository) =>
        void checks.push(repository.checkRun(sha, { name: 'test', status: 'in_progress' })),
    },
    async ({ github, world, repository, kim, hook, commits, over }) => {
      repository.issue({ by: kim }).label('ready-for-agent', { by: kim })
      const reads = () => github.requests.filter(({ path }) => path.includes('/check-runs'))
      await until('its checks were read', () => reads().length === 1)
      const [check] = checks
      check!.finish('success')
      const event = world.events.checkRun('completed', repository, check!)
      await world.deliver(event, { to: hook, secret: webhookSecret })
      expect(await over()).toMatchObject({ phase: 'done', verdict: { commit: commits()[0]!.sha } })
      const [first, second] = reads()
      // By itself it would have been ten seconds.
      expect(second!.at - first!.at).toBeLessThan(9_000)
    },
  )
})
