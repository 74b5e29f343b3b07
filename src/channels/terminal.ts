/**
 * Prints the ring where the node runs, with the terminal bell.
 *
 * What `afk up` does when no channel is configured: it shows that the bell works, and reaches nobody
 * who is away; so it never counts as a channel for arming the loop. The text was made plain when it
 * was rendered (doorbell/text.ts), so it cannot drive the terminal.
 */
import type { Adapter, Channel, Message } from './channel.ts'
import { channel } from './sender.ts'

export type TerminalOptions = {
  /** Where to print; resolves when written. Default: standard output. */
  readonly write?: (text: string) => Promise<void>
  /** Rings the terminal's bell. Default: only where standard output is a terminal. */
  readonly bell?: boolean
}

/**
 * @example
 * ```ts
 * import { Notifier } from 'afk-loop'
 * import { terminal } from 'afk-loop/channels/terminal'
 *
 * const notifier = new Notifier(terminal())
 * ```
 */
export function terminal(options: TerminalOptions = {}): Channel {
  return channel(adapter(options))
}

function adapter({ write = toStdout, bell = process.stdout.isTTY }: TerminalOptions): Adapter {
  return {
    type: 'terminal',
    async send(message, signal) {
      try {
        const written = write(`${bell ? '\u0007' : ''}${card(message)}\n`)
        if ((await Promise.race([written, aborted(signal)])) === 'aborted')
          return { type: 'unknown', code: 'timeout', detail: 'the terminal takes nothing' }
        return { type: 'accepted', reference: 'printed' }
      } catch {
        const detail = 'the terminal is gone: standard output is closed'
        return { type: 'deferred', code: 'network', detail }
      }
    },
    check: async () => [
      { type: 'good', what: 'prints where the node runs, and reaches nobody away' },
    ],
    close: async () => {},
  }
}

function card({ notification, notes }: Message): string {
  const lines = [...notification.body.split('\n'), ...notes].filter((line) => line.trim() !== '')
  return ['', `  ${notification.title}`, ...lines.map((line) => `    ${line}`), ''].join('\n')
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
}

let isClosed: boolean | undefined

/** A closed pipe is told twice: to the write, and as an event that ends the process if nobody listens. */
function toStdout(text: string): Promise<void> {
  if (isClosed === undefined) {
    isClosed = false
    process.stdout.on('error', () => (isClosed = true))
  }
  return new Promise((resolve, reject) => {
    if (isClosed) return reject(new Error('standard output is closed'))
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
