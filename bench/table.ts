/**
 * Rows of the table, and what a number says beside its limits.
 *
 * `floor`, `aim` and `holds` are what `atMost` or `atLeast` makes of the bare number.
 */
import { notInstalled } from './peers.ts'

const columns = ['what', 'measured', 'beside', 'ratio', 'floor', 'aim', 'holds'] as const

export type Row = Readonly<Record<'what' | 'measured', string>> &
  Readonly<Partial<Record<(typeof columns)[number], string>>>

export const n = (value: number, unit = ''): string => `${digits(value)}${unit}`

/** 3 is 3.0x, a quarter is 1/4.0. */
export const times = (ratio: number): string =>
  ratio >= 1 ? `${digits(ratio)}x` : `1/${digits(1 / ratio)}`
const digits = (value: number) => (value >= 100 ? String(Math.round(value)) : value.toFixed(1))

type Limits = {
  readonly floor: number
  readonly aim?: number
  /** How a limit is written; default: as `times` does. */
  readonly say?: (limit: number) => string
}

export const atMost = (value: number, limits: Limits) =>
  judged(limits, '<=', (limit) => value <= limit)

export const atLeast = (value: number, limits: Limits) =>
  judged(limits, '>=', (limit) => value >= limit)

function judged(
  { floor, aim, say = times }: Limits,
  sign: string,
  meets: (limit: number) => boolean,
) {
  const write = (limit: number | undefined) => (limit === undefined ? '' : `${sign} ${say(limit)}`)
  const isAimMet = aim !== undefined && meets(aim)
  const holds = isAimMet ? 'yes, and the aim' : meets(floor) ? 'yes' : 'NO'
  return { floor: write(floor), aim: write(aim), holds }
}

/** For a row whose peer is missing. */
export const missing = (what: string): Row => ({ what, measured: '', beside: notInstalled })

export function print(rows: readonly Row[]) {
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`)
  line(columns)
  line(columns.map(() => '---'))
  for (const row of rows) line(columns.map((column) => row[column] ?? ''))
}
