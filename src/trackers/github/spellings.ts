/** How labels are spelled here, where GitHub may have another spelling of the same label. Pure. */
export type Spellings = {
  learn(labels: readonly string[]): void
  /** As it was learnt last; else as it is. */
  spell(label: string): string
}

export function spellings(first: readonly string[]): Spellings {
  const known = new Map<string, string>()
  const learn = (labels: readonly string[]) => {
    for (const label of labels) known.set(label.toLowerCase(), label)
  }
  learn(first)
  return { learn, spell: (label) => known.get(label.toLowerCase()) ?? label }
}
