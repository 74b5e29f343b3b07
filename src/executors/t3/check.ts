/**
 * What a doctor can find out about T3 Code: that it answers, its version, the token's rights, and the clone.
 *
 * Nothing is dispatched. That an agent is installed and logged in where T3 runs it only a run can show.
 */
import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import type { Environment, Session } from '../../t3/environment.ts'
import { T3Error } from '../../t3/t3-error.ts'
import {
  isAtLeast,
  NEWEST_KNOWN,
  OLDEST_KNOWN,
  spelled,
  versionIn,
  WITH_SHELL,
} from '../../t3/version.ts'
import { whatIsBroken } from '../../worktrees/place.ts'
import type { Desk } from './desk.ts'
import { projectAt } from './ensure-project.ts'

export async function checkT3(desk: Desk): Promise<readonly Finding[]> {
  const clone = await cloneOf(desk)
  try {
    const environment = await desk.client.environment()
    const token = tokenOf(await desk.client.session(), desk.clock.now())
    const server = [good(`T3 Code answers${named(environment)}`), versionOf(environment, desk)]
    const mayRead = !token.some(({ type, what }) => type === 'bad' && !/expires/.test(what))
    return [...server, ...token, clone, ...(mayRead ? await threadsOf(desk) : [])]
  } catch (error) {
    if (!(error instanceof T3Error)) throw error
    return [bad(error.message, MENDS[error.code]), clone]
  }
}

const MENDS = {
  unreachable: 'start it, or correct the executor’s url',
  unauthorised: `mint a token: t3 auth pairing create, then exchange it for the scopes orchestration:read orchestration:operate`,
  unsupported: 'pin the version of T3 Code, or correct the executor’s url',
} as const

const named = ({ label }: Environment) => (/^[\w .-]{1,60}$/.test(label) ? `, as ${label}` : '')

function versionOf({ version }: Environment, { runtimeMode }: Desk): Finding {
  const known = `${spelled(OLDEST_KNOWN)} to ${spelled(NEWEST_KNOWN)}`
  const told = /^[\w.+-]{1,40}$/.test(version) ? version : 'of no known version'
  const number = versionIn(version)
  if (runtimeMode === 'auto' && !isAtLeast(version, WITH_SHELL))
    return bad(
      `T3 Code ${told} has no mode auto`,
      `update it to ${spelled(WITH_SHELL)}, or choose another mode`,
    )
  if (number === null || !isAtLeast(version, OLDEST_KNOWN))
    return unproven(`T3 Code ${told} is not among the known ones, ${known}`, 'use one of these')
  const isNewer = isAtLeast(version, NEWEST_KNOWN) && spelled(number) !== spelled(NEWEST_KNOWN)
  return isNewer
    ? unproven(
        `T3 Code ${told} is newer than what is known, ${known}`,
        'pin one of these, or watch its first run',
      )
    : good(`T3 Code ${told} is known`)
}

const NEEDED = ['orchestration:read', 'orchestration:operate']
const A_DAY = 86_400_000

function tokenOf({ scopes, expiresAt }: Session, now: number): readonly Finding[] {
  if (scopes === null) return [bad('T3 Code does not know the token', MENDS.unauthorised)]
  const missing = NEEDED.filter((scope) => !scopes.includes(scope))
  const more = scopes.filter((scope) => !NEEDED.includes(scope))
  return [
    missing.length > 0
      ? bad(`the T3 Code token lacks ${missing.join(' and ')}`, MENDS.unauthorised)
      : more.length > 0
        ? unproven(
            `the T3 Code token may more than it needs: ${more.filter((scope) => /^[\w:-]{1,60}$/.test(scope)).join(', ')}`,
            MENDS.unauthorised,
          )
        : good('the T3 Code token may what it needs, and nothing more'),
    ...expiryOf(expiresAt, now),
  ]
}

/** By two clocks: an hour more or less is nothing here. */
function expiryOf(expiresAt: number | null, now: number): readonly Finding[] {
  if (expiresAt === null) return []
  const hours = Math.floor((expiresAt - now) / 3_600_000)
  const mend = 'mint another: a token of T3 Code is never renewed'
  if (expiresAt - now > A_DAY)
    return [good(`the T3 Code token holds for ${Math.floor(hours / 24)} days`)]
  if (hours > 0) return [unproven(`the T3 Code token expires within ${hours + 1} h`, mend)]
  return [bad('the T3 Code token expires within an hour, or has expired', mend)]
}

async function cloneOf({ ground }: Desk): Promise<Finding> {
  const broken = await whatIsBroken(ground)
  if (broken === null) return good(`${ground.repo} is a clone with a remote origin`)
  const mend = `${broken.mend}; T3 Code and AFK must see it under the same path`
  return bad(broken.what, mend)
}

async function threadsOf(desk: Desk): Promise<readonly Finding[]> {
  const { client, ground } = desk
  const project = projectAt(ground.repo, await client.freshFleet())
  const wedged = client.wedge.suspected()
  return [
    project === null
      ? unproven(`whether T3 Code sees ${ground.repo}`, 'the first run makes a project of it')
      : good(`T3 Code has a project of ${ground.repo}`),
    ...(wedged === null
      ? []
      : [bad(wedged, 'restart T3 Code: the turns that wait are lost, and asked anew')]),
  ]
}
