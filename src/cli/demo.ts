/** `afk demo`: the whole loop on a throw-away git repository, in front of your eyes. Exit 1 if a scene ended otherwise than told. */
import { textLine } from '../log.ts'
import { demo as play, type Told } from '../demo/demo.ts'
import type { Command } from './command.ts'

export const demo: Command = {
  name: 'demo',
  usage: '[--verbose]',
  summary: 'the whole loop on a throw-away git repository, with a scripted agent',
  maxArgs: 0,
  options: { verbose: { type: 'boolean', description: 'say everything the node says' } },
  examples: ['afk demo'],
  async run(asked, io) {
    const { told, breaches } = await play({
      tell: (line) => io.err(`-- ${line}`),
      log: (event) => {
        if (asked.flag('verbose')) io.err(textLine(event, Date.now()))
      },
    })
    io.out('')
    for (const line of told.map(sceneLine)) io.out(line)
    for (const breach of breaches) io.out(`BREACH  ${breach}`)
    io.out(
      breaches.length === 0 ? 'audit: every promise holds' : `audit: ${breaches.length} broken`,
    )
    return told.every(isAsTold) && breaches.length === 0 ? 0 : 1
  },
}

function isAsTold({ scene, verdicts }: Told): boolean {
  return scene.verdicts.join() === verdicts.join()
}

function sceneLine(one: Told): string {
  const { scene, verdicts, seconds } = one
  const how = verdicts.length === 0 ? 'no verdict in time' : verdicts.join(', then ')
  const mark = isAsTold(one) ? '' : `  EXPECTED ${scene.verdicts.join(', then ')}`
  return `#${scene.number} ${scene.name.padEnd(20)} ${how.padEnd(24)} ${seconds.toFixed(1).padStart(5)} s  ${scene.shows}${mark}`
}
