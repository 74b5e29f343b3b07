/** When something is tried again, as long as that is ahead; nothing else is known to have been tried. */
import { Ago, useBeat } from './ago.tsx'
import { nodeNow } from './ask.ts'

export function NextTry({ at }: { readonly at: string }) {
  useBeat()
  if (Date.parse(at) <= nodeNow()) return null
  return (
    <p class="small">
      Next try <Ago at={at} />.
    </p>
  )
}
