/**
 * What one channel whose receiver takes everything and answers nothing costs the channel beside it: the time
 * from the post to the first try there, on a node with the hanging channel and on one without, in turns.
 */
import { oneByOne } from './idle.mjs'
import { median, quantile } from './load.ts'
import { secret, startNode, temporaryFolder } from './processes.ts'
import { atMost, n } from './table.ts'

const warmUp = 100

export async function hang({ sink, count, rounds }) {
  const places = [temporaryFolder(), temporaryFolder()]
  const hanging = { type: 'webhook', url: `${sink.url}/hang`, secret }
  const alone = await startNode({ sink, folder: places[0].folder })
  const beside = await startNode({ sink, folder: places[1].folder, channels: { hanging } })

  const results = new Map([alone, beside].map((node) => [node, []]))
  for (const node of results.keys()) await oneByOne({ sink, server: node, count: warmUp })
  if ((await sink.ask('count')).hanging === 0)
    throw new Error('nothing was sent to the hanging channel')
  for (let i = 0; i < rounds; i++)
    for (const [node, list] of results) list.push(await oneByOne({ sink, server: node, count }))
  for (const node of results.keys()) await node.stop()
  for (const { remove } of places) remove()

  const p99 = (node) => median(results.get(node).map((each) => quantile(each.firstTries, 0.99)))
  const change = p99(beside) - p99(alone)
  return [
    {
      what: 'event -> first try beside a hanging channel, p99',
      measured: n(p99(beside), ' ms'),
      beside: `without it ${n(p99(alone), ' ms')}`,
      ratio: `${change < 0 ? '-' : '+'} ${n(Math.abs(change), ' ms')}`,
      ...atMost(change, { floor: 50, say: (limit) => `+ ${limit} ms` }),
    },
  ]
}
