/** Versions of T3 Code, as its servers tell them. Pure. */
export type Version = readonly [number, number, number]

/** Null: it is no version that can be compared. What follows the numbers is left out. */
export function versionIn(words: string): Version | null {
  const [, major, minor, patch] =
    /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+.]|$)/.exec(words.trim()) ?? []
  return patch === undefined ? null : [Number(major), Number(minor), Number(patch)]
}

/** One that cannot be compared is taken for a new one. */
export function isAtLeast(words: string, least: Version): boolean {
  const version = versionIn(words)
  if (version === null) return true
  for (const [index, part] of version.entries()) {
    const other = least[index] ?? 0
    if (part !== other) return part > other
  }
  return true
}

/** What was seen to work, or is told to. */
export const OLDEST_KNOWN: Version = [0, 0, 27]
export const NEWEST_KNOWN: Version = [0, 0, 42]
/** The first with a light list of threads, with one thread by its id, and with times of its own. */
export const WITH_SHELL: Version = [0, 0, 29]
/** The first that reads a thread's newest turns alone. */
export const WITH_PAGES: Version = [0, 0, 32]

export const spelled = (version: Version): string => version.join('.')
