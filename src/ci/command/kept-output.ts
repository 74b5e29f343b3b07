/** The first and the last 512 KiB of what a command prints, and how much was left out in between. Pure. */
export type KeptOutput = {
  readonly add: (chunk: Uint8Array) => void
  /** How many bytes came in all. */
  readonly total: () => number
  readonly bytes: () => Uint8Array
}

export function keptOutput(room = 512 * 1024): KeptOutput {
  const first = new Uint8Array(room)
  /** Written around: the byte at `place % room` is the oldest once it is full. */
  const last = new Uint8Array(room)
  let total = 0

  function add(chunk: Uint8Array): void {
    const ahead = chunk.subarray(0, Math.max(0, room - total))
    first.set(ahead, Math.min(total, room))
    const behind = chunk.subarray(ahead.length)
    const place = Math.max(0, total - room) + Math.max(0, behind.length - room)
    total += chunk.length
    const kept = behind.subarray(-room)
    const untilEnd = kept.subarray(0, room - (place % room))
    last.set(untilEnd, place % room)
    last.set(kept.subarray(untilEnd.length), 0)
  }

  function bytes(): Uint8Array {
    const behind = total - room
    if (behind <= 0) return first.slice(0, total)
    if (behind <= room) return joined(first, last.subarray(0, behind))
    const note = new TextEncoder().encode(`\n[afk: ${behind - room} bytes left out here]\n`)
    const oldest = behind % room
    return joined(first, note, last.subarray(oldest), last.subarray(0, oldest))
  }

  return { add, bytes, total: () => total }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const part of parts) {
    whole.set(part, place)
    place += part.length
  }
  return whole
}
