/**
 * Keeps the start and the end of any amount of output, in files of a fixed size.
 *
 * Two files in turn hold the end, each as large as the start, and what comes is written before more is
 * read: neither disk nor memory grows with it. What cannot be written is counted. It runs in the wrapper,
 * from its own text: it may use nothing outside itself.
 */
export function keepOutput(path: string, keepBytes: number) {
  const fs = process.getBuiltinModule('node:fs')
  let part = 'head'
  let file: number | null = null
  let size = 0
  let bytes = 0
  let lostBytes = 0
  let lostBy = ''
  const roll = () => {
    if (file !== null) fs.closeSync(file)
    file = null
    size = 0
    if (part === 'tail' && fs.existsSync(`${path}.tail`))
      fs.renameSync(`${path}.tail`, `${path}.before`)
    part = 'tail'
  }
  const put = (piece: Buffer) => {
    let written = 0
    try {
      if (size === keepBytes) roll()
      file ??= fs.openSync(`${path}.${part}`, 'a', 0o600)
      while (written < piece.length) written += fs.writeSync(file, piece, written)
    } catch (error) {
      lostBytes += piece.length - written
      lostBy = (error as NodeJS.ErrnoException).code ?? 'unknown'
    }
    size += piece.length
  }
  return {
    write(chunk: Buffer) {
      bytes += chunk.length
      for (let from = 0; from < chunk.length;) {
        const room = size === keepBytes ? keepBytes : keepBytes - size
        put(chunk.subarray(from, from + room))
        from += room
      }
    },
    bytes: () => bytes,
    lost: () =>
      lostBytes === 0 ? null : `${lostBytes} bytes of its output could not be written (${lostBy})`,
  }
}
