/**
 * The configuration's tables, read off its schema: keys, forms, defaults, descriptions. The form of a
 * value is what the schema itself says when it is given a wrong one.
 */
import { readFileSync } from 'node:fs'

import { variables } from '../src/config/environment.ts'
import { laterKeys, laterTypes } from '../src/config/later.ts'
import { Config } from '../src/config/schema.ts'
import { code, table } from './markdown-table.mjs'

const head = ['key', 'takes', 'default', 'what it is']

/** Everything but what each type has of its own. */
export function settings() {
  return table(head, rowsOf(Config, '').map(cells))
}

export function channels() {
  const { valueType } = unwrap(Config.shape.channels).def
  return byType(valueType, 'channels.NAME.', (type) => type)
}

/** What a repository is made of: each may stand in the defaults, too. */
export function parts() {
  const { shape } = unwrap(unwrap(Config.shape.loop).shape.defaults)
  return ['tracker', 'executor', 'ci']
    .map((part) => byType(unwrap(shape[part]), `${part}.`, (type) => `${part}: ${type}`))
    .join('\n\n')
}

function byType({ def: { options } }, prefix, titleOf) {
  return options
    .map((option) => {
      const title = titleOf(typeOf(option))
      return `### ${title}\n\n${table(head, rowsOf(option, prefix).map(cells))}`
    })
    .join('\n\n')
}

function typeOf(option) {
  return option.shape.type.def.values[0]
}

export function later() {
  const types = Object.entries(laterTypes).flatMap(([key, names]) =>
    names.map((name) => code(`${key}.type: ${name}`)),
  )
  return [...laterKeys.map(code), ...types].map((name) => `- ${name}`).join('\n')
}

const words = {
  AFK_ALLOWLIST: 'repositories with a comma between them, each one more key of `loop.repos`',
  AFK_NTFY_URL: 'a whole channel named `ntfy`: `https://[user:password@]HOST/TOPIC`',
  AFK_NTFY_TOKEN: 'the access token that goes with `AFK_NTFY_URL`',
  AFK_SLACK_WEBHOOK_URL:
    'a whole channel named `slack`: an incoming webhook, or a server that takes one',
  AFK_FIX_FORWARD_MAX_SECONDS:
    'sets `loop.defaults.limits.fixForwardMinutes`, rounded up to whole minutes',
  OTEL_EXPORTER_OTLP_ENDPOINT:
    'sets `tracing.url` to `/v1/traces` below it, where nothing else sets it',
}

export function variableTable() {
  const plain = [...variables].map(([name, path]) => [code(name), `sets ${code(path.join('.'))}`])
  const rows = [...plain, ...Object.entries(words).map(([name, text]) => [code(name), text])]
  const path = new URL('../src/config/environment.ts', import.meta.url)
  const source = readFileSync(path, 'utf8').match(/'(?:AFK|OTEL)_[A-Z_]+'/g)
  for (const quoted of new Set(source)) {
    const name = quoted.slice(1, -1)
    if (!variables.has(name) && !(name in words)) throw new Error(`no words for ${name}`)
  }
  return table(['variable', 'what it does'], rows)
}

function rowsOf(schema, prefix, defaults) {
  return Object.entries(schema.shape).flatMap(([key, each]) => {
    const inner = unwrap(each)
    const fallback = defaultOf(each) ?? defaults?.[key]
    const row = { key: `${prefix}${key}`, each, inner, fallback }
    const { type, element, valueType } = inner.def
    if (type === 'object')
      return [...(describe(each) === '' ? [] : [row]), ...rowsOf(inner, `${row.key}.`, fallback)]
    if (type === 'array' && element.def.type === 'object')
      return [row, ...rowsOf(element, `${row.key}[].`)]
    if (type === 'record' && valueType.def.type === 'object')
      return [row, ...rowsOf(valueType, `${row.key}.NAME.`)]
    return [row]
  })
}

function cells({ key, each, inner, fallback }) {
  return [code(key), plain(formOf(each, inner)), shown(fallback, each), plain(describe(each))]
}

/** Commands, URLs and words with `_` or `*` are not Markdown. */
function plain(text) {
  return text
    .split(/(`[^`]*`|(?<=make one with: )[^;]+)/)
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[^\s;,]*(?::\/\/|[_*])[^\s;,]*/g, code)
      return part.startsWith('`') ? part : code(part)
    })
    .join('')
}

/** Off with what only says that a value may be missing, or is made into another. */
function unwrap(schema) {
  const { type, innerType, in: from } = schema.def
  if (innerType !== undefined) return unwrap(innerType)
  return type === 'pipe' ? unwrap(from) : schema
}

function defaultOf({ def }) {
  return def.defaultValue ?? (def.innerType && defaultOf(def.innerType))
}

function describe(schema) {
  if (schema.description) return schema.description
  const { innerType, in: from } = schema.def
  const below = innerType ?? from
  return below === undefined ? '' : describe(below)
}

function shown(fallback, each) {
  if (fallback !== undefined) return code(JSON.stringify(fallback))
  return mayBeAbsent(each) ? 'none' : 'required'
}

function mayBeAbsent({ def }) {
  return def.type === 'optional' || (def.innerType !== undefined && mayBeAbsent(def.innerType))
}

function formOf(each, inner) {
  const { type, entries, values, options, element, keyType } = inner.def
  const said = type === 'array' || type === 'record' ? [] : saidOf(each)
  if (said.length > 0) return said.join('; ')
  switch (type) {
    case 'literal':
      return code(values[0])
    case 'enum':
      return Object.values(entries).map(code).join(', ')
    case 'union':
      return inner.def.discriminator === undefined
        ? unionOf(options)
        : `keys and values, by its type: ${options.map(typeOf).map(code).join(', ')}`
    case 'number':
      return 'a number'
    case 'array':
      return `a list: ${formOf(element, unwrap(element))}`
    case 'record':
      return ['keys and values', ...saidOf(keyType).map((form) => `a key is ${form}`)].join('; ')
    case 'object':
      return 'keys and values'
    default:
      return 'text'
  }
}

/** One, or a list of the same, is said once. */
function unionOf(options) {
  const forms = options.map((option) => formOf(option, unwrap(option)))
  const isListed = (form) => forms.includes(`a list: ${form}`)
  return forms
    .filter((form) => !form.startsWith('a list: ') || !forms.includes(form.slice(8)))
    .map((form) => (isListed(form) ? `${form}; or a list of these` : form))
    .join(', ')
}

/** What the schema says of a wrong value, in the words that a person would get. */
function saidOf(schema) {
  const messages = ['\u0000', '0ms', '999999999'].flatMap((wrong) => {
    const { success, error } = schema.safeParse(wrong)
    return success ? [] : error.issues.map(({ message }) => message)
  })
  return [...new Set(messages)]
    .filter((message) => message.startsWith('must '))
    .map((message) => message.replace(/^must (be |have )?/, ''))
}
