/**
 * The text of a turn: a repository's own prompt as its landing branch has it, else the one that ships.
 *
 * Never one from a run's branch: an agent does not write its own orders.
 */
import type { Landing } from '../landing/landing.ts'
import { fenced, fillPrompt } from '../run/prompt.ts'
import { FIX, IMPLEMENT } from './default-prompts.ts'
import type { PromptFacts, Prompts } from './repository.ts'

export function prompts(landing: Pick<Landing, 'read'>): Prompts {
  const template = async (name: string, shipped: string) =>
    (await landing.read(`.afk/${name}.md`)) ?? shipped
  return {
    async implement(facts) {
      return fillPrompt(await template('implement', IMPLEMENT), valuesOf(facts))
    },
    async fix(facts) {
      const { commit, failing, logs, attempt, attempts } = facts
      const values = valuesOf(facts)
      return fillPrompt(await template('fix', FIX), {
        ...values,
        landing: `${beginningRule(facts)}${values.landing}`,
        commit,
        failing: fenced(failing),
        logs: fenced(logs),
        attempt: String(attempt),
        attempts: String(attempts),
      })
    },
  }
}

function valuesOf(facts: PromptFacts) {
  const { repo, number, title, body, run, branch, landingBranch } = facts
  const issue = fenced(`# ${title}\n\n${body}`)
  const landing = landingRule(facts)
  return { repo, number: String(number), issue, run, branch, landingBranch, landing }
}

/** What was squashed is no commit of its branch: without this, the next pull request conflicts with it. */
function beginningRule({ merges, landingBranch }: PromptFacts): string {
  if (merges === 'nobody') return ''
  const pull = `git pull --no-rebase --no-edit origin ${landingBranch}`
  return `Begin with what ${landingBranch} has got (\`${pull}\`).\n  `
}

function landingRule({ merges, branch, landingBranch }: PromptFacts): string {
  const to = merges === 'nobody' ? landingBranch : branch
  const not =
    merges === 'nobody' ? '' : `, never to ${landingBranch}: a pull request is opened for you`
  return `When the work is done and the tests pass, push it to ${to} (\`git push origin HEAD:${to}\`)${not}, and say
  \`Pushed-Commit: <sha>\` in your last message.`
}
