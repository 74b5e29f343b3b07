/**
 * An executor whose silence is told to people: in its own words, once until they change, and again after it was well.
 *
 * To the run it says nothing, and is waited out. What is looked at or asked is left as it is.
 */
import type { Asked, Executor, Sight } from '../executors/executor.ts'
import type { Faults } from './faults.ts'

type Telling = Faults & { readonly repo: string }

export function toldExecutor(executor: Executor, { repo, failed, well }: Telling): Executor {
  const key = `executor ${repo}`
  const note = (answers: ReadonlyArray<Asked | Sight>) => {
    const silent = answers.find((each) => each.type === 'unreachable')
    if (silent) failed(key, { event: 'look-failed', repo, detail: silent.detail })
    else if (answers.length > 0) well(key)
  }
  return {
    ...executor,
    async ask(order) {
      const asked = await executor.ask(order)
      note([asked])
      return asked
    },
    async look(turns) {
      const sights = await executor.look(turns)
      note(sights)
      return sights
    },
  }
}
