/**
 * Asks questions on a terminal, one line each. Lines that were typed or pasted ahead answer the next
 * questions. Where no line will come any more (Ctrl-C, Ctrl-D) asking rejects with a `CliError`; Ctrl-C
 * between two questions interrupts, as it does everywhere.
 */
import { createInterface } from 'node:readline'

import { CliError } from './cli-error.ts'

export type Asker = {
  ask(question: string): Promise<string>
  /** Lets go of the input, which else keeps the process alive. */
  close(): void
}

export type AskerParts = {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly interrupt: () => void
}

export function asker({ input, output, interrupt }: AskerParts): Asker {
  const reader = createInterface({ input, output, historySize: 0 })
  const lines = reader[Symbol.asyncIterator]()
  let [isAsking, isClosed] = [false, false]
  reader.on('close', () => (isClosed = true))
  // While a line is read the terminal hands Ctrl-C over as a key.
  reader.on('SIGINT', () => {
    reader.close()
    if (!isAsking) interrupt()
  })
  return {
    async ask(question) {
      reader.setPrompt(question)
      if (!isClosed) reader.prompt()
      isAsking = true
      const next = await lines.next()
      isAsking = false
      if (next.done !== true) return next.value
      output.write('\n')
      throw new CliError(1, 'stopped: no answer came')
    },
    close: () => reader.close(),
  }
}
