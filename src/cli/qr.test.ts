import jsqr from 'jsqr'
import { describe, expect, test } from 'vitest'

import { qrLines } from './qr.ts'

const address = 'https://ntfy.example:8443/afk-abcdefghij234567klmn'

/** The upper and the lower half of each character: lit or not. */
const halves: Readonly<Record<string, readonly [boolean, boolean]>> = {
  '█': [true, true],
  '▀': [true, false],
  '▄': [false, true],
  ' ': [false, false],
}

const scale = 4
const margin = 5

/** What a camera sees of a terminal that shows the lines, with its background all around. */
function photograph(lines: readonly string[], [lit, unlit]: readonly [number, number]) {
  const rows = lines.flatMap((line) =>
    [0, 1].map((half) => [...line].map((character) => halves[character]![half]!)),
  )
  const [width, height] = [rows[0]!.length, rows.length].map((size) => (size + 2 * margin) * scale)
  const pixels = new Uint8ClampedArray(width! * height! * 4)
  for (let y = 0; y < height!; y++)
    for (let x = 0; x < width!; x++) {
      const row = rows[Math.floor(y / scale) - margin]
      const isLit = row?.[Math.floor(x / scale) - margin] ?? false
      const shade = isLit ? lit : unlit
      pixels.set([shade, shade, shade, 255], (y * width! + x) * 4)
    }
  return jsqr.default(pixels, width!, height!)?.data
}

describe('a QR code', () => {
  test.each([
    ['dark', [255, 0]],
    ['light', [0, 255]],
  ] as const)('is read back from a %s terminal', (_, shades) => {
    expect(photograph(qrLines(address), shades)).toBe(address)
  })

  test('is plain text of one width, without colours', () => {
    const lines = qrLines(address)
    expect(new Set(lines.map((line) => [...line].length))).toHaveProperty('size', 1)
    expect(lines.join('')).toMatch(/^[█▀▄ ]+$/)
    expect(lines[0]!.length).toBeLessThan(50)
  })
})
