/** A file that cannot be an issue for now: which one, which line, and what to do about it. */
import { TrackerError } from '../tracker-error.ts'

export type Place = { readonly name: string; readonly line?: number | undefined }

export class FileFault extends TrackerError {
  readonly where: string
  readonly what: string

  constructor({ name, line }: Place, what: string, options?: ErrorOptions) {
    const where = line === undefined ? shown(name) : `${shown(name)}:${line}`
    super('malformed', `${where} ${what}`, options)
    this.name = 'FileFault'
    this.where = where
    this.what = what
  }
}

/** A file's name may hold anything but a slash; on a terminal it must not. */
function shown(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd')
}
