/**
 * The first configuration: answers in, commented YAML and the secrets that it names out. Pure.
 *
 * No secret stands in the text: each is a file of its own below `SECRETS`, so the text can be committed.
 * A setting behind a `#` without a space is an example: it is good as it stands once the `#` is gone.
 */
export type Answers = {
  readonly ntfy: Phone | null
  readonly slack: SlackHook | SlackBot | null
  /** Where the agents' threads live. */
  readonly baseUrl: string | null
  readonly heartbeatUrl: string | null
}

export type Phone = {
  /** May hold `user:password@`, and is a secret then. */
  readonly server: string
  readonly topic: string
  readonly token: string | null
}

export type SlackHook = { readonly type: 'hook'; readonly url: string }

export type SlackBot = { readonly type: 'bot'; readonly token: string; readonly channel: string }

export type Tokens = { readonly operator: string; readonly ring: string }

export type Starter = {
  readonly text: string
  /** By the name of the file below `SECRETS`. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Below the folder that a node starts in. */
export const SECRETS = '.afk/secrets'

export const OPERATOR_TOKEN = `${SECRETS}/operator-token`

/** The answers must have no line breaks and no control characters. */
export function starter(answers: Answers, tokens: Tokens): Starter {
  const secrets = new Map<string, string>()
  const keep: Keep = (name, value) => {
    secrets.set(name, value)
    return `'\${file:${SECRETS}/${name}}'`
  }
  const parts = [
    head,
    listening,
    tokensOf(tokens, keep),
    linksOf(answers),
    channelsOf(answers, keep),
    routesOf(answers),
    heartbeatOf(answers, keep),
    retention,
  ]
  return { text: `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`, secrets }
}

/** Takes a secret, and says what stands for it in the text. */
type Keep = (name: string, value: string) => string

type Lines = readonly string[]

const head: Lines = [
  '# AFK rings your phone when a coding agent’s run has ended. `afk init` made this; it is yours now.',
  '# `afk config check` tries a change. docs/configuration.md of afk-loop has every key.',
  '# Secrets are files below .afk/secrets, which git ignores: this file can be committed.',
]

const listening: Lines = [
  'listen: 127.0.0.1:7333',
  '# Where the node is reached from outside, with TLS in front of it:',
  '#publicUrl: https://afk.example',
]

function tokensOf({ operator, ring }: Tokens, keep: Keep): Lines {
  return [
    'tokens:',
    '  # May do everything. The commands find it in this folder; elsewhere they want AFK_TOKEN.',
    `  operator: ${keep('operator-token', operator)}`,
    '  # May only ring: this one is for your agents.',
    `  ring: ${keep('ring-token', ring)}`,
  ]
}

function linksOf({ baseUrl }: Answers): Lines {
  return [
    '# Where your agents’ threads live: a tap on a ring opens its thread. T3 Code’s own links need',
    '# template: t3 beside it, and rings that name their environment.',
    baseUrl === null
      ? '#links: { baseUrl: https://t3.example }'
      : `links: { baseUrl: ${quoted(baseUrl)} }`,
  ]
}

function channelsOf({ ntfy, slack }: Answers, keep: Keep): Lines {
  const reaches = ntfy !== null || slack !== null
  return [
    'channels:',
    ...(ntfy === null ? [] : phoneLines(ntfy, keep)),
    ...(slack === null ? [] : slackLines(slack, keep)),
    ...(reaches ? [] : ['  # Prints where the node runs, and reaches nobody who is away.']),
    ...(reaches ? [] : ['  terminal: { type: terminal }']),
    '  # Any other server, by a signed POST. Make its secret: echo "whsec_$(openssl rand -base64 32)"',
    "  #hook: { type: webhook, url: https://ops.example/afk, secret: '${AFK_HOOK_SECRET}' }",
  ]
}

function phoneLines({ server, topic, token }: Phone, keep: Keep): Lines {
  const { username, password } = new URL(server)
  const isSecret = username !== '' || password !== ''
  return [
    '  phone:',
    '    type: ntfy',
    `    server: ${isSecret ? keep('ntfy-server', server) : quoted(server)}`,
    '    # Who knows the topic can read every ring and send false ones. On a public server, such as',
    '    # ntfy.sh, it is the only secret there is: that is why it is long, and not written here.',
    `    topic: ${keep('ntfy-topic', topic)}`,
    ...(token === null ? [] : [`    token: ${keep('ntfy-token', token)}`]),
  ]
}

function slackLines(slack: SlackHook | SlackBot, keep: Keep): Lines {
  if (slack.type === 'hook')
    return [
      '  slack:',
      '    type: slack',
      `    webhookUrl: ${keep('slack-webhook-url', slack.url)}`,
    ]
  return [
    '  slack:',
    '    type: slack',
    `    token: ${keep('slack-bot-token', slack.token)}`,
    `    channel: ${quoted(slack.channel)}`,
    '    # Whom a kind calls: here, channel, or a person’s id.',
    '    #mention: { frozen: [here] }',
  ]
}

function routesOf({ ntfy, slack }: Answers): Lines {
  const names = [...(ntfy === null ? [] : ['phone']), ...(slack === null ? [] : ['slack'])]
  const [first = 'terminal'] = names
  const all = names.length === 0 ? first : names.join(', ')
  return [
    '# Who hears what: the first match wins. Without routes every ring goes to every channel.',
    '#routes:',
    `#- { kinds: [done], channels: [${first}] }`,
    `#- { kinds: [needs-human, frozen], channels: [${all}] }`,
  ]
}

function heartbeatOf({ heartbeatUrl }: Answers, keep: Keep): Lines {
  return [
    '# A dead-man’s switch outside: it calls you when this node says no more that all is well.',
    heartbeatUrl === null
      ? "#heartbeat: { url: '${AFK_HEARTBEAT_URL}', every: 5m }"
      : `heartbeat: { url: ${keep('heartbeat-url', heartbeatUrl)}, every: 5m }`,
  ]
}

const retention: Lines = [
  '# How long a ring is kept that somebody heard:',
  '#retention: { days: 365 }',
]

/** A scalar that YAML takes as it is, whatever it looks like. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
