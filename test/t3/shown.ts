/** What a thread shows of its turn, in a form that tests compare; and a turn that goes on until it is called off. */
import { until } from '../until.ts'
import type { AgentTurn } from './agent-turn.ts'
import type { Opened, Row } from './open.ts'

/** T, S, and whether a turn is active. */
export const shown = ({ latestTurn, session }: Row) => [
  latestTurn?.state ?? null,
  session?.status ?? null,
  session?.activeTurnId != null,
]

export const kinds = (row: Row) => row.activities?.map(({ kind }) => kind)

/** Until so many turns of `t1` were begun and its session runs. */
export async function running({ t3, row }: Opened, turns = 1): Promise<Row> {
  let last = await row()
  await until('the turn runs', async () => {
    last = await row()
    return t3.turns('t1').length === turns && last.session?.status === 'running'
  })
  return last
}

/** As an agent: until its turn is called off. */
export const forEver = ({ signal }: AgentTurn) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
