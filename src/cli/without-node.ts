/** What `afk doctor` can try where no node answers: the configuration here, and each of its channels. */
import { openChannels } from '../app/channels.ts'
import { view } from '../server/doctor.ts'
import type { Io } from './command.ts'
import { readConfig } from './read-config.ts'

export async function checkWithoutNode(file: string | null, io: Io) {
  const channels = openChannels(readConfig(file, io).config)
  const findings = await Promise.all(
    [...channels].map(async ([name, { channel, timeoutMs }]) => {
      const found = await channel.check(AbortSignal.timeout(timeoutMs))
      await channel.close()
      return found.map((finding) => view(name, finding))
    }),
  )
  return findings.flat()
}
