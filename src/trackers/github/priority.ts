/**
 * How urgent an issue is, by its labels or by its field `Priority`. Pure.
 *
 * Labels, without regard to case: `priority: 3`, `priority/3`, `priority-3`, `prio: 3`; `P0` to `P4`; and words
 * after `priority`: critical, urgent and highest are 0, high 1, medium and normal 2, low 3, lowest 4. The field
 * has a number, or one of these words or forms. Where there are several the lowest counts. Anything else is no
 * priority.
 */
export type Field = { readonly name: string; readonly value: unknown }

export function priorityOf(labels: readonly string[], fields: readonly Field[]): number | null {
  const said = fields
    .filter(({ name }) => /^priority$/i.test(name.trim()))
    .map(({ value }) => (typeof value === 'number' ? value : ranked(String(value))))
  const all = [...labels.map(labelled), ...said].filter((rank) => rank !== null)
  return all.length === 0 ? null : Math.min(...all)
}

function labelled(label: string): number | null {
  const [, after] = /^prio(?:rity)?\s*[:/=-]\s*(.+)$/i.exec(label.trim()) ?? []
  if (after !== undefined) return ranked(after)
  return /^p[0-4]$/i.test(label.trim()) ? Number(label.trim().slice(1)) : null
}

function ranked(text: string): number | null {
  const word = text.trim().toLowerCase()
  if (/^-?\d{1,6}$/.test(word)) return Number(word)
  if (/^p[0-4]$/.test(word)) return Number(word.slice(1))
  return words.get(word) ?? null
}

const words: ReadonlyMap<string, number> = new Map([
  ['critical', 0],
  ['urgent', 0],
  ['highest', 0],
  ['high', 1],
  ['medium', 2],
  ['normal', 2],
  ['low', 3],
  ['lowest', 4],
])
