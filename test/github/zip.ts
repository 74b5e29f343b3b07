/** A zip archive of texts, stored as they are: as small as the format allows (APPNOTE 6.3.3). */
import { crc32 } from 'node:zlib'

export type ZipEntry = { readonly name: string; readonly text: string }

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []]
  let at = 0
  for (const { name, text } of entries) {
    const [title, data] = [Buffer.from(name), Buffer.from(text)]
    const local = Buffer.concat([header('local', { title, data, at: 0 }), title, data])
    locals.push(local)
    centrals.push(header('central', { title, data, at }), title)
    at += local.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}

type Stored = { readonly title: Buffer; readonly data: Buffer; readonly at: number }

/** Both headers have the same fields in the middle. */
function header(kind: 'local' | 'central', { title, data, at }: Stored): Buffer {
  const isLocal = kind === 'local'
  const made = Buffer.alloc(isLocal ? 30 : 46)
  made.writeUInt32LE(isLocal ? 0x04034b50 : 0x02014b50, 0)
  const fields = isLocal ? 4 : 6
  if (!isLocal) made.writeUInt16LE(20, 4)
  made.writeUInt16LE(20, fields)
  // Names are UTF-8.
  made.writeUInt16LE(0x0800, fields + 2)
  made.writeUInt32LE(crc32(data), fields + 10)
  made.writeUInt32LE(data.length, fields + 14)
  made.writeUInt32LE(data.length, fields + 18)
  made.writeUInt16LE(title.length, fields + 22)
  if (!isLocal) made.writeUInt32LE(at, 42)
  return made
}
