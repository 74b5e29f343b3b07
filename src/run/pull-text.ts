/**
 * What a run's pull request says. Pure.
 *
 * Its title is the issue's, as text: whatever would refer to another issue, or close one, does neither. Its body
 * ends in the run's trailer, so that a squash that takes the body over still says whose it is.
 */
import { cut } from '../doorbell/cut.ts'
import { oneLine } from '../doorbell/text.ts'
import type { Run } from './run.ts'

const maxTitleBytes = 200

export function pullText({ id, issue }: Run): { readonly title: string; readonly body: string } {
  const { number, title = 'the issue' } = issue
  const harmless = oneLine(title).replace(/(?:#|GH-|\/(?:issues|pull)\/)(?=\d)/gi, ' ')
  return {
    title: cut(`#${number} ${harmless}`.trim(), maxTitleBytes),
    body: `Refs #${number}\n\nAFK-Run: ${id}`,
  }
}
