/**
 * Tells how far long work is. On a terminal: one line below all else, rewritten in place and cut to the width.
 * Elsewhere: a plain line on standard error each time there is something new to say.
 *
 * Whatever else is written to the terminal meanwhile stands above the line, by whomever it is written. A line that
 * somebody has only half written is left alone until it is whole. `done` leaves nothing of it behind.
 */
import { oneLine } from '../doorbell/text.ts'
import type { Io, Screen } from './command.ts'

export type Progress = {
  /** `plain` is the line without what only counts; null: elsewhere this needs no words. */
  show(line: string, plain?: string | null): void
  /** Belongs in a `finally`. */
  done(): void
}

export function progress({ screen, err }: Pick<Io, 'screen' | 'err'>): Progress {
  return screen === undefined ? inPlainLines(err) : inPlace(screen)
}

function inPlainLines(say: Io['err']): Progress {
  let last: string | null = null
  return {
    show(line, plain = line) {
      if (plain === null || plain === last) return
      last = plain
      say(oneLine(plain))
    },
    done() {},
  }
}

const ERASE = '\r\u001b[K'

function inPlace({ columns, streams }: Screen): Progress {
  let pinned: Pinned | undefined
  return {
    show(line) {
      pinned ??= pin(streams())
      pinned.draw(cut(oneLine(line), columns() - 1))
    },
    done() {
      pinned?.letGo()
      pinned = undefined
    },
  }
}

/** The last column stays free: what is written there can begin a line of its own. */
function cut(line: string, width: number): string {
  const points = Array.from(line)
  return points.length <= width ? line : `${points.slice(0, Math.max(0, width - 1)).join('')}…`
}

type Pinned = { draw(text: string): void; letGo(): void }

function pin(streams: ReturnType<Screen['streams']>): Pinned {
  const originals = streams.map((stream) => ({ stream, write: stream.write }))
  const last = originals.at(-1)
  const put = (text: string) => void last?.write.call(last.stream, text)
  let [wanted, drawn, isFree] = ['', '', true]

  function draw() {
    if (!isFree || wanted === drawn) return
    put(`${ERASE}${wanted}`)
    drawn = wanted
  }

  for (const { stream, write } of originals)
    stream.write = (text, ...more) => {
      if (drawn !== '') put(ERASE)
      drawn = ''
      if (text.length > 0) isFree = endsLine(text)
      const hasRoom = write.call(stream, text, ...more)
      draw()
      return hasRoom
    }

  return {
    draw(text) {
      wanted = text
      draw()
    },
    letGo() {
      if (drawn !== '') put(ERASE)
      for (const { stream, write } of originals) stream.write = write
    },
  }
}

function endsLine(text: string | Uint8Array): boolean {
  return text.at(-1) === '\n' || text.at(-1) === 10
}
