/** `afk demo`: the whole loop on a throw-away git repository, in front of your eyes. Exit 1 if a scene ended otherwise than told. */
import { textLine } from '../log.ts'
import { demo as play, type Playing, type Told } from '../demo/demo.ts'
import type { Command } from './command.ts'
import { progress } from './progress.ts'

export const demo: Command = {
  name: 'demo',
  usage: '[--verbose]',
  summary: 'the whole loop on a throw-away git repository, with a scripted agent',
  maxArgs: 0,
  options: { verbose: { type: 'boolean', description: 'say everything the node says' } },
  examples: ['afk demo'],
  async run(asked, io) {
    const live = progress(io)
    const ended = new AbortController()
    // The first asks; the second ends it as it is.
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort())
    const { told, breaches } = await play({
      signal: ended.signal,
      show(playing) {
        const says = `-- ${playingLine(playing)}`
        live.show(`${says}, ${Math.floor(playing.seconds)} s`, says)
      },
      log(event) {
        if (asked.flag('verbose')) io.err(textLine(event, Date.now()))
      },
    }).finally(live.done)
    if (ended.signal.aborted) {
      io.err('afk: the demo was ended early; nothing of it is left')
      return 1
    }
    io.out('')
    for (const line of told.map(sceneLine)) io.out(line)
    for (const breach of breaches) io.out(`BREACH  ${breach}`)
    io.out(
      breaches.length === 0 ? 'audit: every promise holds' : `audit: ${breaches.length} broken`,
    )
    return told.every(isAsTold) && breaches.length === 0 ? 0 : 1
  },
}

/** Where its run is, in the API's own words. */
function playingLine({ scene, doing }: Playing): string {
  const name = `#${scene.number} ${scene.name}`
  if (doing === null) return `${name}: waits for the loop to find it`
  const { phase, fix } = doing
  return `${name}: ${phase}${fix === null ? '' : `, fix ${fix.number} of ${fix.limit}`}`
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
