/**
 * What a receiver folds the repeats of one delivery by: the first 26 base32 characters (RFC 4648) of
 * SHA-256 over the ring's key, the channel and the wave. The same ring on another channel, or sent
 * again on purpose, has another.
 */
import { hash } from 'node:crypto'

export function handleFor(ask: { key: string; channel: string; wave: number }): string {
  const digest = hash('sha256', [ask.key, ask.channel, ask.wave].join('\0'), 'buffer')
  return base32(digest).slice(0, 26)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32(bytes: Uint8Array): string {
  let [text, bits, width] = ['', 0, 0]
  for (const byte of bytes) {
    bits = ((bits & 0x1f) << 8) | byte
    width += 8
    for (; width >= 5; width -= 5) text += alphabet.charAt((bits >> (width - 5)) & 0x1f)
  }
  return width === 0 ? text : text + alphabet.charAt((bits << (5 - width)) & 0x1f)
}
