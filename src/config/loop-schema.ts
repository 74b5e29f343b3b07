/** What a person may set for the loop: the part of the schema that is about repositories. */
import * as z from 'zod'

import { Bool, Duration, HttpUrl, int } from './forms.ts'

const Argv = z
  .array(z.string().min(1))
  .min(1, 'must name a program')
  .describe('a program and its arguments; no shell')

const Env = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'), z.string())
  .default({})
  .describe('what its environment holds beside PATH, HOME, LANG and what AFK sets')

const GithubApp = z
  .strictObject({
    id: z.string().min(1).describe('its id or client id'),
    installation: int(1, 2_147_483_647).describe('the id of its installation'),
    privateKey: z.string().min(1).describe('PEM; a secret'),
  })
  .exactOptional()
  .describe('a GitHub App, instead of a token')

const Github = z
  .strictObject({
    type: z.literal('github').describe('issues of a GitHub repository'),
    token: z.string().min(1).exactOptional().describe('fine-grained or classic; a secret'),
    app: GithubApp,
    repo: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/, 'must be OWNER/NAME')
      .exactOptional()
      .describe('OWNER/NAME on GitHub (default: its key in loop.repos)'),
    baseUrl: HttpUrl.prefault('https://api.github.com').describe(
      'of an Enterprise Server: https://HOST/api/v3',
    ),
    webhookSecret: z
      .string()
      .min(16, 'must have 16 characters or more; make one with: openssl rand -hex 24')
      .exactOptional()
      .describe('of a webhook that posts to /hooks/github; a secret'),
    bots: z
      .array(int(1, 2_147_483_647))
      .default([])
      .describe('ids of bots that may label an issue ready'),
  })
  .refine(({ token, app }) => (token === undefined) !== (app === undefined), {
    path: ['token'],
    message: 'must be there, or app instead of it',
  })

const Tracker = z.discriminatedUnion('type', [
  Github,
  z.strictObject({
    type: z.literal('files').describe('a folder of NNNN-title.md'),
    path: z.string().min(1).describe('the folder, below the working copy unless it is absolute'),
    owner: z
      .string()
      .min(1)
      .default('owner')
      .describe('whose labels count, where a file says `labelled_by`'),
  }),
])

const Model = z.strictObject({
  instanceId: z
    .string()
    .regex(/^[a-zA-Z][\w-]{0,63}$/, 'must be the id of a provider instance')
    .describe('whose agent: claudeAgent, codex, cursor, grok, opencode'),
  model: z.string().min(1).describe('as that agent names it'),
  options: z
    .array(z.strictObject({ id: z.string().min(1), value: z.union([z.string(), z.boolean()]) }))
    .exactOptional()
    .describe('such as { id: effort, value: high }'),
})

const Executor = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('command').describe('a program in a git worktree'),
    argv: Argv.describe(
      'a program and its arguments; no shell; `{prompt}`, `{issue}`, `{worktree}`, `{branch}` and `{run}` are filled in',
    ),
    stdin: Bool.prefault(false).describe('whether the prompt comes on standard input'),
    preset: z
      .enum(['none', 'claude-code', 'codex', 'opencode'])
      .default('none')
      .describe('whose headless output it prints; none: its exit code tells'),
    env: Env,
  }),
  z.strictObject({
    type: z.literal('t3').describe('a T3 Code server, a thread for each run'),
    url: HttpUrl.describe('where it answers this node, such as http://127.0.0.1:3773'),
    token: z
      .string()
      .min(1)
      .describe('with orchestration:read and orchestration:operate; a secret'),
    mode: z
      .enum(['approval-required', 'auto-accept-edits', 'auto', 'full-access'])
      .default('full-access')
      .describe('what its agents may do without asking'),
    model: Model.exactOptional().describe('default: the project’s own, else T3 Code’s'),
  }),
])

const Ci = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('command').describe('a program in a clean checkout of the pushed commit'),
    argv: Argv,
    timeout: Duration.prefault('30m').describe(
      'one that takes longer is red; above 50m it moves the end of the wait for checks',
    ),
    env: Env,
  }),
  z.strictObject({
    type: z.literal('github').describe('what GitHub says of the commit; with a tracker on GitHub'),
    required: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe('names of the checks that count (default: as the branch is protected)'),
  }),
  z.strictObject({ type: z.literal('none').describe('landing is enough; the ring says so') }),
])

const LimitKeys = z.strictObject({
  fixForwardAttempts: int(0, 100).exactOptional().describe('corrective turns (default 5)'),
  fixForwardMinutes: int(1, 10_000).exactOptional().describe('from the first red (default 60)'),
  silentMinutes: int(1, 10_000).exactOptional().describe('without a sign of life (default 45)'),
  costUsd: int(0, 1_000_000).exactOptional().describe('for one issue, in dollars (default 100)'),
})

/** Each may stand in `defaults` and in a repository; the repository's wins. */
const settings = {
  tracker: Tracker.exactOptional().describe('where its issues are'),
  executor: Executor.exactOptional().describe('who works on them'),
  ci: Ci.exactOptional().describe('who says whether a commit is well'),
  landing: z
    .enum(['push', 'pull-request'])
    .exactOptional()
    .describe('what agents may do; there is no default'),
  merge: z
    .enum(['human', 'auto'])
    .exactOptional()
    .describe('who merges a green pull request; with landing: pull-request, there is no default'),
  landingBranch: z
    .string()
    .regex(/^(?!-)[\w./-]{1,200}$/, 'must be the name of a branch')
    .exactOptional()
    .describe('where work lands (default main)'),
  limits: LimitKeys.exactOptional(),
}

const Label = (name: string, what: string) =>
  z.string().min(1).max(100).default(name).describe(what)

export const Loop = z.strictObject({
  killSwitch: Bool.prefault(true).describe('holds the loop back, whatever else is set'),
  readyLabel: Label('ready-for-agent', 'an issue that may be worked on'),
  inProgressLabel: Label('agent-in-progress', 'an issue that is being worked on'),
  humanLabel: Label('ready-for-human', 'an issue that waits for a person'),
  pollEvery: Duration.prefault('30s').describe('how often issues are looked for'),
  defaults: z.strictObject(settings).prefault({}),
  repos: z
    .record(
      z.string(),
      z.strictObject({
        path: z
          .string()
          .min(1)
          .exactOptional()
          .describe('its working copy, with a remote `origin`'),
        ...settings,
      }),
    )
    .default({})
    .describe('the allowlist is these keys'),
})

export type LoopConfig = z.infer<typeof Loop>
