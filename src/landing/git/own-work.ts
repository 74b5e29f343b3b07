/**
 * Which commit of a landing branch is a run's, out of the commits it gained. Pure.
 *
 * The mainline is the chain of first parents from the tip: what the branch was, one push or merge at a
 * time. Each commit landed with the first commit of the mainline that contains it: itself, or the merge
 * that brought it in. Of a run's work the newest such commit is named, because that is what CI must
 * judge: a branch that is green by itself may be red once merged.
 *
 * A merge made the wrong way round (the landing branch merged into somebody's work, which is then pushed)
 * puts what landed before off the mainline; it has then landed with that merge.
 */
export type Commit = {
  readonly hash: string
  /** In their order; those outside of the listing too. */
  readonly parents: readonly string[]
  /** What its trailers `AFK-Run` say. */
  readonly runs: readonly string[]
}

/** `commits`: the tip first. Null: none of them is its own. */
export function newestWith(
  commits: readonly Commit[],
  isOwn: (commit: Commit) => boolean,
): string | null {
  const listed = new Map(commits.map((commit) => [commit.hash, commit]))
  let newest: string | null = null
  for (const merged of mainline(commits, listed).toReversed())
    if (takeLandedWith(merged, listed).some(isOwn)) newest = merged.hash
  return newest
}

type Listed = Map<string, Commit>

function mainline([tip]: readonly Commit[], listed: Listed): readonly Commit[] {
  const line: Commit[] = []
  for (let next = tip; next !== undefined; next = listed.get(next.parents[0] ?? '')) line.push(next)
  return line
}

/** Itself, and what of the listing is reachable from it and was not taken before: taken out of the listing. */
function takeLandedWith(merged: Commit, listed: Listed): readonly Commit[] {
  const found: Commit[] = []
  const ahead = [merged.hash]
  for (let hash = ahead.pop(); hash !== undefined; hash = ahead.pop()) {
    const commit = listed.get(hash)
    if (commit === undefined) continue
    listed.delete(hash)
    found.push(commit)
    ahead.push(...commit.parents)
  }
  return found
}
