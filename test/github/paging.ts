/**
 * Pages of a list, as GitHub cuts them: 30 unless more is asked for, 100 at most, and a Link header.
 *
 * The addresses in the Link have the numeric form, `/repositories/{id}/...`, with the rest of the query.
 */
import type { Ask } from './route.ts'

export type Page<T> = {
  readonly items: readonly T[]
  readonly headers: Readonly<Record<string, string>>
}

export function paged<T>(ask: Ask, all: readonly T[], defaultSize = 30): Page<T> {
  const size = Math.min(
    positive(ask.query.get('per_page'), defaultSize),
    Math.max(100, defaultSize),
  )
  const page = positive(ask.query.get('page'), 1)
  const last = Math.max(1, Math.ceil(all.length / size))
  const links = [
    ...(page > 1 ? [link(ask, page - 1, 'prev')] : []),
    ...(page < last ? [link(ask, page + 1, 'next'), link(ask, last, 'last')] : []),
    ...(page > 1 ? [link(ask, 1, 'first')] : []),
  ]
  return {
    items: all.slice((page - 1) * size, page * size),
    headers: last > 1 ? { link: links.join(', ') } : {},
  }
}

function link({ state, path, query }: Ask, page: number, rel: string): string {
  const asked = new URLSearchParams(query)
  asked.set('page', String(page))
  return `<${state.url}${path}?${asked.toString()}>; rel="${rel}"`
}

/** What is no number, or none above zero, is taken as if it were not there. */
function positive(text: string | null, otherwise: number): number {
  const number = Number(text ?? otherwise)
  return Number.isInteger(number) && number > 0 ? number : otherwise
}
