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

export function urgency(): Urgency {
  const marked = new Set<string>()
  return {
    mark(commit) {
      marked.delete(commit)
      marked.add(commit)
      const [oldest] = marked
      if (marked.size > most && oldest !== undefined) marked.delete(oldest)
    },
    taken(commit) {
      const isMarked = marked.delete(commit)
      return () => isMarked || marked.has(commit)
    },
  }
}
