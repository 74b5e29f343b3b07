/** Where in the page one is, as its address says after the `#`: what is shared or gone back to is the same view. */
import { cell } from './cell.ts'

export type Route =
  { readonly at: 'rings' | 'runs' | 'bell' } | { readonly at: 'ring' | 'run'; readonly id: string }

export const route = cell<Route>(routeOf(window.location.hash))

window.addEventListener('hashchange', () => {
  route.set(routeOf(window.location.hash))
  window.scrollTo(0, 0)
})

function routeOf(hash: string): Route {
  const [at = '', id = ''] = hash.replace(/^#\/?/, '').split('/')
  if ((at === 'ring' || at === 'run') && id !== '') return { at, id: decoded(id) }
  return { at: at === 'runs' || at === 'bell' ? at : 'rings' }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch (error) {
    if (error instanceof URIError) return id
    throw error
  }
}

export const ringHref = (id: string) => `#/ring/${encodeURIComponent(id)}`
export const runHref = (id: string) => `#/run/${encodeURIComponent(id)}`
