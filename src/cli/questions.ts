/**
 * The four questions of `afk init`. An option answers its question beforehand; with `--yes` the default
 * does. What the configuration would refuse is refused here already, in its words: an option's value
 * with exit 2, an answer by one line, and then it is asked again. No message repeats a value.
 */
import { crossCheck } from '../config/cross-check.ts'
import { explain } from '../config/explain.ts'
import { Config } from '../config/schema.ts'
import type { Answers, Phone } from '../config/starter.ts'
import { wrongly } from './cli-error.ts'
import type { Asked, Io } from './command.ts'

/** A topic that nobody named is made later. */
export type Told = Omit<Answers, 'ntfy'> & {
  readonly ntfy: (Omit<Phone, 'topic'> & { readonly topic: string | null }) | null
}

/** Asks nothing where `ask` is undefined. */
export async function askFour(asked: Asked, io: Pick<Io, 'err' | 'ask'>): Promise<Told> {
  const around = { asked, io }
  const topic = optional(asked, 'topic', topicProblem)
  const token = optional(asked, 'ntfy-token', ntfyTokenProblem)
  const server = await settle(phoneQuestion, around)
  if (server === null && (topic !== null || token !== null))
    throw wrongly('--topic and --ntfy-token go with an ntfy server')
  const ntfy = server === null ? null : { server, topic, token }
  const slack = await askSlack(around)
  const baseUrl = await settle(threadsQuestion, around)
  return { ntfy, slack, baseUrl, heartbeatUrl: await settle(heartbeatQuestion, around) }
}

type Question = {
  readonly option: string
  readonly words: string
  /** What Enter takes; null: there must be an answer. */
  readonly byDefault: string | null
  /** Null: nothing is wrong. */
  readonly problem: (answer: string) => string | null
}

const phoneQuestion: Question = {
  option: 'ntfy',
  words: '1/4  Which ntfy server rings your phone?',
  byDefault: 'https://ntfy.sh',
  problem: serverProblem,
}

const slackQuestion: Question = {
  option: 'slack',
  words: '2/4  Slack: an incoming webhook’s URL, or a bot token (xoxb-...)?',
  byDefault: 'none',
  problem: slackProblem,
}

const slackChannelQuestion: Question = {
  option: 'slack-channel',
  words: '     Where does the bot post? A conversation’s id, such as C0123456789:',
  byDefault: null,
  problem: (channel) => refusal({ channels: { slack: { type: 'slack', token: 'x', channel } } }),
}

const threadsQuestion: Question = {
  option: 'base-url',
  words: '3/4  Where do your agents’ threads live, such as a T3 Code server?',
  byDefault: 'none',
  problem: threadsProblem,
}

const heartbeatQuestion: Question = {
  option: 'heartbeat',
  words: '4/4  A dead-man’s switch to feed, such as a Healthchecks URL?',
  byDefault: 'none',
  problem: (url) => refusal({ heartbeat: { url } }),
}

type Around = { readonly asked: Asked; readonly io: Pick<Io, 'err' | 'ask'> }

async function askSlack(around: Around): Promise<Answers['slack']> {
  const answer = await settle(slackQuestion, around)
  if (answer !== null && isBotToken(answer)) {
    const channel = await settle(slackChannelQuestion, around)
    return { type: 'bot', token: answer, channel: channel ?? '' }
  }
  if (around.asked.text('slack-channel') !== undefined)
    throw wrongly('--slack-channel goes with a bot token, xoxb-...')
  return answer === null ? null : { type: 'hook', url: answer }
}

/** Null: none. */
async function settle(question: Question, { asked, io }: Around): Promise<string | null> {
  const { option, words, byDefault } = question
  const given = asked.text(option) ?? (io.ask === undefined ? byDefault : undefined)
  if (given === null) throw wrongly(`--${option} is missing`)
  if (given !== undefined) {
    const problem = problemOf(question, given)
    if (problem !== null) throw wrongly(`--${option} ${problem}`)
    return valueOf(question, given)
  }
  const prompt = byDefault === null ? `${words} ` : `${words} [${byDefault}] `
  for (;;) {
    const answer = (await io.ask?.(prompt))?.trim() || byDefault || ''
    const problem = problemOf(question, answer)
    if (problem === null) return valueOf(question, answer)
    io.err(`     It ${problem}.`)
  }
}

function problemOf({ byDefault, problem }: Question, answer: string): string | null {
  if (byDefault !== null && isNone(answer)) return null
  if (/[\s\p{C}]|\$\{/u.test(answer)) return 'must have no spaces in it, and no ${'
  return problem(answer)
}

function valueOf({ byDefault }: Question, answer: string): string | null {
  return byDefault !== null && isNone(answer) ? null : answer
}

function isNone(answer: string): boolean {
  return answer.toLowerCase() === 'none'
}

function optional(asked: Asked, option: string, problem: Question['problem']): string | null {
  const given = asked.text(option)
  const wrong = given === undefined ? null : problem(given)
  if (wrong !== null) throw wrongly(`--${option} ${wrong}`)
  return given ?? null
}

function serverProblem(server: string): string | null {
  const refused = refusal({ channels: { phone: { type: 'ntfy', server, topic: 'x' } } })
  if (refused !== null) return `${refused}, such as https://ntfy.sh, or none`
  const { pathname, search, hash } = new URL(server)
  return pathname === '/' && search === '' && hash === ''
    ? null
    : 'must be the server alone, such as https://ntfy.sh: a topic of your own is --topic'
}

function topicProblem(topic: string): string | null {
  return refusal({ channels: { phone: { type: 'ntfy', server: 'https://ntfy.sh', topic } } })
}

function ntfyTokenProblem(token: string): string | null {
  return /^[\x21-\x7e]+$/.test(token) ? null : 'must be printable ASCII without spaces'
}

function slackProblem(answer: string): string | null {
  if (isBotToken(answer))
    return refusal({ channels: { slack: { type: 'slack', token: answer, channel: 'C01' } } })
  return /^x(ox|app)/.test(answer)
    ? 'must be a bot token, which begins with xoxb-'
    : refusal({ channels: { slack: { type: 'slack', webhookUrl: answer } } })
}

function isBotToken(answer: string): boolean {
  return answer.startsWith('xoxb-')
}

function threadsProblem(baseUrl: string): string | null {
  const refused = refusal({ links: { baseUrl } })
  if (refused !== null) return refused
  const { username, password } = new URL(baseUrl)
  return username === '' && password === '' ? null : 'must hold no password: every ring shows it'
}

/** What the configuration says against a part of it. */
function refusal(part: object): string | null {
  const parsed = Config.safeParse(part)
  const found = parsed.success ? crossCheck(parsed.data) : parsed.error.issues.flatMap(explain)
  return found[0]?.message ?? null
}
