import { networkInterfaces } from 'node:os'
import { describe, expect, onTestFinished, test } from 'vitest'

import { slackEmulate } from './slack-emulate.ts'
import { slackContract } from './slack.contract.ts'

describe('the Slack of emulate 0.11.2', () => {
  slackContract(slackEmulate, {
    'a wrong webhook is a refused credential': 'emulate takes any webhook',
    'a second message in a second is deferred for as long as is asked': 'emulate has no rate limit',
  })

  test('is heard on loopback and nowhere else', async () => {
    const far = await slackEmulate()
    onTestFinished(() => far.close())
    const { port } = new URL(far.url)
    const outside = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of outside)
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow('fetch failed')
  })
})
