/**
 * What a doctor can find out about a folder of issues. Nothing in it is written, not even what a crash left.
 *
 * Whether it is kept out of the agents' reach cannot be seen from here.
 */
import { accessSync, constants } from 'node:fs'

import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import { TrackerError } from '../tracker-error.ts'
import type { Listing } from '../tracker.ts'
import { namesIn } from './folder.ts'
import type { ListAsk } from './listing.ts'

export type CheckedFolder = {
  readonly folder: string
  readonly owner: string
  readonly ready: string
  readonly list: (ask: ListAsk) => Promise<Listing>
}

/** So many are named; a doctor is no list. */
const mostNamed = 10

export async function checkFolder(checked: CheckedFolder): Promise<readonly Finding[]> {
  const { folder, ready, list } = checked
  try {
    const names = namesIn(folder)
    const { issues, faults } = await list({ folder, names, labels: [ready], faults: [] })
    const hidden = faults.length - mostNamed
    return [
      rightsOf(folder),
      readyOnes(issues, checked),
      ...faults.slice(0, mostNamed).map(({ where, what }) => bad(`${where} ${what}`, seeFile)),
      ...(hidden > 0 ? [bad(`${hidden} more files are no issues`, seeFile)] : []),
    ]
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error
    return [bad(error.message, 'correct tracker.path')]
  }
}

const seeFile = 'mend it: until then nobody works on it'

function rightsOf(folder: string): Finding {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return good(`${folder} can be read and written`)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    return bad(`${folder} cannot be written to (${code})`, 'mend its rights')
  }
}

function readyOnes(issues: Listing['issues'], { owner, ready }: CheckedFolder): Finding {
  const others = issues.filter(({ isTrusted }) => !isTrusted)
  const count = issues.length - others.length
  const what = `${count} ${count === 1 ? 'issue is' : 'issues are'} labelled ${ready}`
  if (others.length === 0) return good(what)
  const numbers = others.slice(0, mostNamed).map(({ number }) => `#${number}`)
  const who = `${numbers.join(', ')} by somebody other than ${owner}`
  return unproven(`${what}, and ${who}`, `only ${owner} may: correct labelled_by, or tracker.owner`)
}
