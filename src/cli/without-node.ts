/** What `afk doctor` can try where no node answers: the configuration here, its channels and its repositories. */
import { openChannels } from '../app/channels.ts'
import { loopFolder } from '../app/places.ts'
import { openRepositories } from '../app/repositories.ts'
import { tryLinks } from '../app/try-links.ts'
import { systemClock as clock } from '../clock.ts'
import { unproven } from '../doorbell/finding.ts'
import { findingView, inTime, tryRepositories } from '../server/try-out.ts'
import type { Io } from './command.ts'
import { readConfig } from './read-config.ts'

export async function checkWithoutNode(file: string | null, io: Io) {
  const { config } = readConfig(file, io)
  const channels = [...openChannels(config)].map(async ([name, { channel, timeoutMs }]) => {
    const found = await inTime(channel.check(AbortSignal.timeout(timeoutMs)), clock)
    await channel.close()
    return found.map((finding) => findingView(name, finding))
  })
  const open = () => openRepositories(config, { folder: loopFolder(config), clock })
  return (await Promise.all([...channels, tryRepositories(open, clock)])).flat()
}

export async function openLinksWithoutNode(file: string | null, io: Io) {
  const { config } = readConfig(file, io)
  const found = await tryLinks({ config, store: null, landsAt: async () => false, clock })
  const runs = unproven('the links of its runs only a node can open', 'afk up')
  return [...found, findingView('links', runs)]
}
