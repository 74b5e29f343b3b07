/**
 * The pages of a run that a person may open, in the order in which a tap tries them. Pure.
 *
 * Its thread, its issue, its pull request; where a person is called to review, the pull request goes first, since
 * that is where it is done. A page whose link may not be shown is none.
 */
import { isSafeLink, linkFor, type LinkOptions } from '../doorbell/link.ts'
import { requestOf, type Run } from './run.ts'

export type RunPage = {
  readonly is: 'thread' | 'issue' | 'pull-request'
  readonly link: string
}

export function pagesOf(run: Run, links: LinkOptions): readonly RunPage[] {
  const thread = pageOf('thread', threadLink(run, links), links)
  const issue = pageOf('issue', run.issue.url ?? null, links)
  const pull = pageOf('pull-request', requestOf(run)?.url ?? null, links)
  const isReview = run.state === 'needs-human' && run.cause === 'review'
  return isReview ? [...pull, ...thread, ...issue] : [...thread, ...issue, ...pull]
}

/** As a ring has it: no template asks which kind rang, or what it said. */
export function threadLink(
  { issue, threadId, environmentId }: Run,
  links: LinkOptions,
): string | null {
  const where = environmentId === null ? {} : { environmentId }
  return linkFor({ kind: 'done', issue, threadId, ...where, detail: '' }, links)
}

function pageOf(is: RunPage['is'], link: string | null, { schemes = [] }: LinkOptions) {
  return link === null || !isSafeLink(link, schemes) ? [] : [{ is, link }]
}
