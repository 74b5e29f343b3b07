/** A run's story without what tells nobody anything: how often an agent showed itself between two things that happened. Pure. */
export function withoutRepeats<L extends { readonly type: string }>(
  ledger: readonly L[],
): readonly L[] {
  const later = new Set<string>()
  return ledger
    .toReversed()
    .filter(({ type }) => {
      if (type !== 'alive' && type !== 'spent') later.clear()
      const isRepeated = later.has(type)
      later.add(type)
      return !isRepeated
    })
    .toReversed()
}
