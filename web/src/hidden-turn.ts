/**
 * Which of a browser's hidden pages follows the node: one of those that may notify, and else none.
 *
 * A browser has six connections to a node, and a stream takes one for as long as it lasts: with a stream for each
 * page that was left open, the seventh would wait for its first answer forever.
 */
import { permission } from './news.ts'

/** `mine` is called when the turn is this page's, which it stays until the signal. */
export async function hiddenTurn(signal: AbortSignal, mine: () => void): Promise<void> {
  if (permission() !== 'granted') return
  try {
    await navigator.locks.request('hidden', { signal }, async () => {
      mine()
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
    })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
