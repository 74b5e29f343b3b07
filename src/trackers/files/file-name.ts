/** What a file's name says: `0007-fix-the-login.md` is issue 7, "fix the login". Pure. */
import { FileFault } from './file-fault.ts'

/** Null: not an issue's file, and nobody means it to be one. @throws {FileFault} */
export function issueNumber(name: string): number | null {
  const digits = /^(\d+)(?:[^\d].*)?\.md$/su.exec(name)?.[1]
  if (digits === undefined) return null
  const number = Number(digits)
  if (name.includes('\ufffd'))
    throw new FileFault({ name }, 'has a name that is not UTF-8: rename it')
  if (number === 0)
    throw new FileFault({ name }, 'has the number 0: issues count from 1, rename it')
  if (!Number.isSafeInteger(number))
    throw new FileFault({ name }, 'has a number that is too large: rename it')
  return number
}

export function wordsOf(name: string): string {
  const words = name
    .replace(/^\d+/, '')
    .replace(/\.md$/, '')
    .replaceAll(/[-_\s]+/g, ' ')
    .trim()
  return words === '' ? name.replace(/\.md$/, '') : words
}
