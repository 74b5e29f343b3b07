/** What a doctor can find out about a Slack channel without ringing. */
import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { unanswered } from '../http.ts'
import { apiFailure, hooked, json } from './answer.ts'
import type { SlackApi } from './api.ts'
import { meaningOf } from './codes.ts'
import type { Dialect } from './dialect.ts'

/** `auth.test` needs no scope and posts nothing; its answer's headers name the token's scopes. */
export async function checkBot(
  api: SlackApi,
  channel: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const auth = await api.read('auth.test', {}, signal)
    if (json(auth.text)['ok'] !== true)
      return [bad(apiFailure(auth, Date.now()).detail, 'make a new token, with chat:write')]
    const scopes = auth
      .header('x-oauth-scopes')
      ?.split(',')
      .map((scope) => scope.trim())
    if (scopes !== undefined && !scopes.includes('chat:write'))
      return [bad('the token lacks the scope chat:write', 'add it, and install the app again')]
    const history = await api.read('conversations.history', { channel, limit: '1' }, signal)
    return [good('Slack takes the token'), ...historyFindings(history)]
  } catch (error) {
    const { detail } = unanswered(error, { timedOut: signal.aborted })
    return [bad(detail, 'check the network, and `apiUrl` if it is set')]
  }
}

function historyFindings(answer: Answer): readonly Finding[] {
  const { ok, error } = json(answer.text)
  const post = unproven('the right to post in the channel', 'afk drill')
  if (ok === true) return [good('it may read the channel: a repeat is looked up first'), post]
  if (error === 'missing_scope') {
    const what = 'no history scope: a try that got no answer may show twice'
    return [unproven(what, 'add channels:history (groups:history if private)'), post]
  }
  const { detail } = apiFailure(answer, Date.now())
  if (typeof error === 'string' && meaningOf(error) === 'destination')
    return [bad(detail, 'check `channel`, and invite the bot to it')]
  return [unproven(`the history: ${detail}`, 'afk doctor, later'), post]
}

type Hook = {
  readonly dialect: Dialect
  readonly post: (content: object, signal: AbortSignal) => Promise<Answer>
  readonly far: Exchange
  readonly path: string
}

/** An empty message is refused by a living hook in words of its own, by a dead one in others. Only Slack's is asked so: others may post it. */
export async function checkHook(
  { dialect, post, far, path }: Hook,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const rest = unproven('that it shows a ring', 'afk drill')
  try {
    if (dialect !== 'slack') {
      const { status } = await far.request({ method: 'HEAD', path, headers: {}, signal })
      // Who takes only POST may say so.
      if (status < 300 || status === 400 || status === 405)
        return [good('the server answers'), rest]
      return [unproven(`the server answers ${status} to a look`, 'check `webhookUrl`'), rest]
    }
    const answer = await post({}, signal)
    if (alive.has(answer.text.trim())) return [good('the webhook lives'), rest]
    const outcome = hooked(answer, dialect, Date.now())
    const detail = outcome.type === 'accepted' ? 'it took an empty message' : outcome.detail
    return [bad(detail, 'make a new webhook, and check `webhookUrl`')]
  } catch (error) {
    const { detail } = unanswered(error, { timedOut: signal.aborted })
    return [bad(detail, 'check `webhookUrl`, its name, port and certificate')]
  }
}

const alive = new Set(['no_text', 'missing_text_or_fallback_or_attachments', 'invalid_payload'])
