/** A QR code as lines of text, for a terminal: plain characters, no colours. */
import { renderUnicodeCompact } from 'uqr'

export function qrLines(text: string): readonly string[] {
  return renderUnicodeCompact(text, { border: quietZone }).split('\n')
}

/** In modules. The standard wants four; phones take two, and a small window holds them. */
const quietZone = 2
