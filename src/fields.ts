/** Parts of a JSON that anybody may have written: each is what was expected, or nothing. Pure. */
export type Fields = Readonly<Record<string, unknown>>

export function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
