/** What is answered of a turn that the agent has: in which thread, and of which server, as its link names them. */
import type { Asked } from '../executor.ts'
import type { Desk } from './desk.ts'

type Known = { readonly place: string | null; readonly thread: string }

export async function adopted({ place, thread }: Known, { client }: Desk): Promise<Asked> {
  const { id: environment } = await client.environment()
  return { type: 'adopted', place, thread, environment }
}
