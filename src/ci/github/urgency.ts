/**
 * Which commits cannot wait: something is known to have happened to them. Pure bookkeeping.
 *
 * A mark hastens the read that is under way, and holds for the next one, which takes it.
 */
export type Urgency = {
  mark(commit: string): void
  /** For a read that begins now: whether it cannot wait, asked as often as one likes. */
  taken(commit: string): () => boolean
}

const most = 1_000

type Marks = { readonly made: number; readonly taken: number }

export function urgency(): Urgency {
  const marked = new Map<string, Marks>()
  const marks = (commit: string) => marked.get(commit) ?? { made: 0, taken: 0 }
  return {
    mark(commit) {
      const { made, taken } = marks(commit)
      marked.delete(commit)
      marked.set(commit, { made: made + 1, taken })
      const [oldest] = marked.keys()
      if (marked.size > most && oldest !== undefined) marked.delete(oldest)
    },
    taken(commit) {
      const { made, taken } = marks(commit)
      if (made > taken) marked.set(commit, { made, taken: made })
      return () => made > taken || marks(commit).made > made
    },
  }
}
