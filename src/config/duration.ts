/** A span of time as people write it: `500ms`, `10s`, `5m`, `24h`, `7d`. Null if it is not one. */
export function durationMs(text: string): number | null {
  const [, amount, unit] = /^(\d{1,9})\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? []
  if (amount === undefined || unit === undefined) return null
  const ms = Number(amount) * (unitMs.get(unit) ?? Number.NaN)
  return Number.isSafeInteger(ms) ? ms : null
}

const unitMs = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
