/** `afk init` in the current folder: a way to run it that asks and sends nothing, and what it left. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { loadConfig } from '../src/config/load.ts'

export const quiet = ['init', '--yes', '--no-drill']

export const configured = () => loadConfig({ file: null, env: {} }).config

/** What the file holds, without its line break. */
export const secret = (name: string) =>
  readFileSync(join('.afk/secrets', name), 'utf8').replace(/\n$/, '')

/** Somebody at a terminal who gives these answers, one after the other. */
export function answering(...answers: readonly string[]) {
  const [asked, left] = [[] as string[], [...answers]]
  const ask = async (question: string) => {
    asked.push(question)
    const answer = left.shift()
    if (answer === undefined) throw new Error(`nobody answers ${question}`)
    return answer
  }
  return { ask, asked, left }
}
