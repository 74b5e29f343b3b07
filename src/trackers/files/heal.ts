/**
 * Puts right what a write that was killed has left behind.
 *
 * A file that was moved aside and not replaced comes back at once. What is only ours goes after a minute:
 * before, another process may be writing. What somebody wrote into a file while it was replaced, and that
 * could not be put back because its name was taken again, is shown as a fault until a person takes it.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { sha256 } from '../digest.ts'
import { FileFault } from './file-fault.ts'
import { readIssue } from './folder.ts'
import { giveBack } from './replace.ts'
import { freshName, roomOf } from './room.ts'

export type Healed = { readonly broughtBack: number; readonly faults: readonly FileFault[] }

const staleMs = 60_000

export function heal(folder: string, names: readonly string[]): Healed {
  const faults: FileFault[] = []
  let broughtBack = 0
  for (const name of names) {
    const made = roomOf(name)
    if (made === null) continue
    const room = join(folder, name)
    try {
      const state = healRoom({ folder, room, digest: made.digest })
      if (state === 'brought back') broughtBack++
      if (state === 'kept') faults.push(new FileFault({ name }, theirs))
      else if (Date.now() - made.at > staleMs) clear(room)
    } catch (error) {
      // Another process may be done with it, or has just begun.
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTEMPTY' || code === 'ENOTDIR') continue
      if (!(error instanceof FileFault)) throw error
      faults.push(error)
    }
  }
  return { broughtBack, faults }
}

const theirs =
  'holds what somebody wrote while AFK wrote the same issue: take from it what is missing, then delete it'

type RoomAsk = { readonly folder: string; readonly room: string; readonly digest: string }

function healRoom({ folder, room, digest }: RoomAsk): 'ours' | 'kept' | 'brought back' {
  const held = readdirSync(room)
  const aside = held.find((name) => name !== freshName)
  if (aside === undefined) return 'ours'
  const isUntouched = sha256(readIssue(room, aside)?.bytes ?? '') === digest
  const path = join(folder, aside)
  const isReplaced = existsSync(path) || (isUntouched && !held.includes(freshName))
  if (!isReplaced && giveBack(join(room, aside), path)) return 'brought back'
  return isUntouched ? 'ours' : 'kept'
}

function clear(room: string) {
  for (const name of readdirSync(room)) rmSync(join(room, name))
  rmdirSync(room)
}
