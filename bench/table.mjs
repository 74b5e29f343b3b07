/**
 * Rows of the table, and what a number says beside its limits.
 *
 * A row is `{ what, measured, beside, ratio, ...limits }`, each of them text; only the first two must be
 * there. `limits` is what `atMost` or `atLeast` makes of the bare number.
 */
import { notInstalled } from './peers.mjs'

export const n = (value, unit = '') =>
  `${value >= 100 ? Math.round(value) : value.toFixed(1)}${unit}`

/** 3 is 3.0x, a quarter is 1/4.0. */
export const times = (ratio) => (ratio >= 1 ? `${digits(ratio)}x` : `1/${digits(1 / ratio)}`)
const digits = (value) => (value >= 100 ? String(Math.round(value)) : value.toFixed(1))

/** `say`: how a limit is written. */
export const atMost = (value, { floor, aim, say = times }) =>
  limits({ floor, aim, sign: '<=', meets: (limit) => value <= limit, say })

export const atLeast = (value, { floor, aim, say = times }) =>
  limits({ floor, aim, sign: '>=', meets: (limit) => value >= limit, say })

function limits({ floor, aim, sign, meets, say }) {
  const write = (limit) => (limit === undefined ? '' : `${sign} ${say(limit)}`)
  const isAimMet = aim !== undefined && meets(aim)
  const holds = isAimMet ? 'yes, and the aim' : meets(floor) ? 'yes' : 'NO'
  return { floor: write(floor), aim: write(aim), holds }
}

/** For a row whose peer is missing. */
export const missing = (what) => ({ what, measured: '', beside: notInstalled })

const columns = ['what', 'measured', 'beside', 'ratio', 'floor', 'aim', 'holds']

export function print(rows) {
  const line = (cells) => console.log(`| ${cells.join(' | ')} |`)
  line(columns)
  line(columns.map(() => '---'))
  for (const row of rows) line(columns.map((column) => row[column] ?? ''))
}
