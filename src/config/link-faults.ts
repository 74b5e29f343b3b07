/**
 * What the links of a configuration cannot do where T3 Code runs the agents. Pure.
 *
 * These are no errors: a node rings without a link as well. T3 Code has no page by a thread's id alone, and
 * `/?thread=` opens a new draft there.
 */
import { templateOf } from '../doorbell/link.ts'
import type { Config } from './schema.ts'

export type LinkFault = { readonly what: string; readonly mend: string }

export function linkFaults(config: Pick<Config, 'links' | 'loop'>): readonly LinkFault[] {
  const { template } = config.links
  const names = inT3(config)
  if (names.length === 0) return []
  const which = `where T3 Code runs the agents of ${names.join(', ')}`
  if (template === 'thread-query') {
    const what = `thread-query, whose /?thread= opens a new draft ${which}, and never the thread`
    return [{ what: `links.template is ${what}`, mend }]
  }
  const text = templateOf(template)
  const missing = ['{environmentId}', '{threadId}'].filter((value) => !text.includes(value))
  if (missing.length === 0) return []
  const what = `links.template has no ${missing.join(' and no ')}, and so leads to no thread ${which}`
  return [{ what, mend }]
}

const mend = 'set links.template: t3, or one of your own with {environmentId} and {threadId} in it'

/** The repositories whose agents are in T3 Code, also those that lack something else. */
function inT3({ loop: { defaults, repos } }: Pick<Config, 'loop'>): readonly string[] {
  return Object.entries(repos)
    .filter(([, own]) => (own.executor ?? defaults.executor)?.type === 't3')
    .map(([name]) => name)
}
