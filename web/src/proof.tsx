/** What is known of the run that rang: its question, its commit, what CI said; and what to do next. */
import { Kind } from './kind.tsx'
import { Next, NextActs } from './next.tsx'
import { OutLink } from './out-link.tsx'
import { runHref } from './route.ts'
import { useRunsOf } from './runs-of.ts'
import type { Run } from './shapes.ts'
import { useRead } from './use-read.ts'

export function Proof({ run: id }: { readonly run: string }) {
  const reading = useRead<Run>(`/v1/runs/${encodeURIComponent(id)}`, id)
  return reading.is === 'there' ? <Known run={reading.value} /> : null
}

function Known({ run }: { readonly run: Run }) {
  const runs = useRunsOf(run)
  return (
    <section aria-label="The run">
      <h3>The run</h3>
      <Verdict run={run} />
      <Next run={run} runs={runs} />
      <div class="acts">
        <NextActs run={run} runs={runs} />
        <a class="button quiet" href={runHref(run.id)}>
          Its whole story
        </a>
      </div>
    </section>
  )
}

export function Verdict({ run }: { readonly run: Run }) {
  const { verdict } = run
  if (verdict === null) return null
  const { kind, cause, detail, commit, pullRequest, passed, failing, ranOut, withdrawnBy } = verdict
  const isQuestion = cause === 'question' || cause === 'permission'
  return (
    <dl class="facts">
      <dt>Verdict</dt>
      <dd>
        <Kind kind={kind} />
        {ranOut !== null && ` out of ${ranOut}`}
        {withdrawnBy !== null && ` by ${withdrawnBy}`}
      </dd>
      {detail !== null && (
        <>
          <dt>{isQuestion ? 'It asks' : 'Why'}</dt>
          <dd class={isQuestion ? 'asks' : undefined} dir="auto">
            {detail}
          </dd>
        </>
      )}
      {commit !== null && (
        <>
          <dt>Commit</dt>
          <dd>
            <Commit commit={commit} issueUrl={run.issue.url} />
          </dd>
        </>
      )}
      {pullRequest !== null && (
        <>
          <dt>Pull request</dt>
          <dd>
            <OutLink href={pullRequest.url}>#{pullRequest.number}</OutLink>
          </dd>
        </>
      )}
      {passed.length > 0 && (
        <>
          <dt>Green</dt>
          <dd>{passed.join(', ')}</dd>
        </>
      )}
      {failing.length > 0 && (
        <>
          <dt>Red</dt>
          <dd>
            <Red failing={failing} />
          </dd>
        </>
      )}
    </dl>
  )
}

/** Each red check, and where it is told of. */
export function Red({ failing }: Pick<NonNullable<Run['pushed']>, 'failing'>) {
  return (
    <ul class="plain">
      {failing.map(({ name, url }) => (
        <li key={name}>{url === null ? name : <OutLink href={url}>{name}</OutLink>}</li>
      ))}
    </ul>
  )
}

/** Where a forge shows it, beside its issues. */
function Commit({
  commit,
  issueUrl,
}: {
  readonly commit: string
  readonly issueUrl?: string | undefined
}) {
  const [, repository] = /^(https?:\/\/.+)\/issues\/\d+$/.exec(issueUrl ?? '') ?? []
  const short = <code title={commit}>{commit.slice(0, 12)}</code>
  if (repository === undefined) return short
  return <OutLink href={`${repository}/commit/${commit}`}>{short}</OutLink>
}
