/**
 * What a doctor can find out about a command executor: its clone, its program, its folder.
 *
 * No agent is started and nothing is written. A program that the worktree brings along, and whether the
 * agent is logged in where it works, only a run can show.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import type { Ground } from '../../worktrees/ground.ts'
import { whatIsBroken } from '../../worktrees/place.ts'
import { type Agent, ownEnvironment } from './ask-turn.ts'
import { whyNoCommand } from './find-command.ts'

export async function checkExecutor(agent: Agent, ground: Ground): Promise<readonly Finding[]> {
  return [await cloneOf(ground), programOf(agent), folderOf(ground)]
}

async function cloneOf(ground: Ground): Promise<Finding> {
  const broken = await whatIsBroken(ground)
  if (broken !== null) return bad(broken.what, broken.mend)
  return good(`${ground.repo} is a clone with a remote origin`)
}

function programOf({ argv: [program = ''], env }: Agent): Finding {
  // A placeholder is filled in for each turn, and a path may lead into the worktree.
  if (program.includes('{') || /^[^/].*\//.test(program))
    return unproven(`whether the worktree has the agent ${program}`, 'a run shows it')
  const lacking = whyNoCommand(program, ownEnvironment(env)['PATH'] ?? '')
  return lacking === null
    ? good(`the agent ${program} is installed`)
    : bad(lacking.what, lacking.mend)
}

/** It is made when it is first needed: until then it is its place that counts. */
function folderOf({ folder }: Ground): Finding {
  let place = resolve(folder)
  while (!existsSync(place)) place = dirname(place)
  const why = whyNotWritable(place)
  if (why === null) return good(`worktrees can be made in ${folder}`)
  return bad(`${place} cannot be written to (${why})`, 'mend its rights, or move the store')
}

function whyNotWritable(place: string): string | null {
  try {
    accessSync(place, constants.W_OK | constants.X_OK)
    return statSync(place).isDirectory() ? null : 'it is no folder'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}
