/** Reads Markdown as far as the tests of the docs need it: headings, links, fenced blocks. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Every document of the project, by its path below the root. */
export const documents: readonly string[] = [
  'README.md',
  'CONTEXT.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md', { cwd: root }).toSorted(),
]

export const read = (path: string) => readFileSync(join(root, path), 'utf8')

export type Block = { readonly language: string; readonly code: string }

export function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }))
}

/** The fenced blocks of a source's doc comments. */
export function exampleBlocksOf(source: string): readonly Block[] {
  const comments = [...source.matchAll(/\/\*\*.*?\*\//gs)].map(([comment]) => comment)
  return comments
    .filter((comment) => comment.includes('@example'))
    .flatMap((comment) => blocksOf(comment.replace(/^ *\* ?/gm, '')))
}

export function headingsOf(text: string): readonly string[] {
  const prose = text.replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
}

/** As GitHub makes it: https://docs.github.com/en/get-started/writing-on-github */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

/** Where the links go, but for those that leave the project. */
export function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}
