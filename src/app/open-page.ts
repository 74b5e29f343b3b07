/**
 * Opens a page as whoever is not logged in anywhere, and says what came. It follows nothing and repeats nothing.
 *
 * What is said of a failure is its code: the address may hold a secret. An answer that takes longer than five
 * seconds is none.
 */
import { exchange } from '../channels/exchange.ts'

export type Opened =
  | {
      readonly is: 'answered'
      readonly status: number
      /** Without its parameters; empty: it says none. */
      readonly type: string
      readonly location: string | null
      /** Its beginning. */
      readonly text: string
    }
  | { readonly is: 'silent'; readonly why: string }

const patienceMs = 5_000

/** `url`: http or https. */
export async function openPage(url: string): Promise<Opened> {
  const { origin, pathname, search } = new URL(url)
  const far = exchange(origin, 1)
  const signal = AbortSignal.timeout(patienceMs)
  const headers = { accept: 'text/html,*/*;q=0.8', 'user-agent': 'afk-loop' }
  try {
    const path = `${pathname}${search}`
    const { status, header, text } = await far.request({ method: 'GET', path, headers, signal })
    const [type = ''] = (header('content-type') ?? '').toLowerCase().split(/[;\s]/)
    return { is: 'answered', status, type, location: header('location'), text }
  } catch (error) {
    const why = signal.aborted ? `no answer within ${patienceMs / 1_000} s` : codeOf(error)
    return { is: 'silent', why }
  } finally {
    await far.close()
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.name : codeOf(error.cause)
}
