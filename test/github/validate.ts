/**
 * Checks an answer or a request body against GitHub's own descriptions.
 *
 * They are in github-schema.json, with its licence; what is missing there is in own-schema.ts. An empty
 * array means valid, else each entry is "<place> <complaint>". Keys that no schema knows always pass. An
 * error that its operation does not list must still have the shape of GitHub's errors.
 */
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

import { ownOperations, type OwnOperation } from './own-schema.ts'
import { described } from './unlisted.ts'

type Operation = {
  readonly method: string
  readonly path: string
  readonly responses: Readonly<Record<string, unknown>>
  readonly body: unknown
  readonly query: ReadonlyArray<{ readonly name: string; readonly enum?: readonly string[] }>
}

type SchemaFile = {
  readonly ops: Readonly<Record<string, Operation>>
  readonly $defs: Readonly<Record<string, unknown>>
}

const file = JSON.parse(
  readFileSync(new URL('./github-schema.json', import.meta.url), 'utf8'),
) as SchemaFile

const ajv = new Ajv({ strict: false, allErrors: true, formats: formats() })
ajv.addSchema({ ...file, $id: 'github' })
ajv.addSchema({ ops: ownOperations, $id: 'own' })

/** The query parameters that an operation knows; null: it is not in GitHub's file. */
export function queryOf(operation: string): Operation['query'] | null {
  return file.ops[operation]?.query ?? null
}

/** A status below 400 that the operation does not list is a complaint. */
export function checkAnswer(operation: string, status: number, answer: unknown): readonly string[] {
  const json = described(answer)
  const events = eventLists.has(operation) && status === 200 ? (json as readonly Event[]) : []
  return [...checkShape(operation, status, json), ...events.flatMap(checkEvent)]
}

const eventLists = new Set(['issues/list-events', 'issues/list-events-for-timeline'])

type Event = { readonly event: string }

/** A list of events takes almost anything, so each that somebody relies on is checked as what it is. */
function checkEvent(event: Event, at: number): readonly string[] {
  const definition = definitions.get(event.event)
  if (definition === undefined) return []
  return checkDefinition(definition, event).map((each) => `/${at} as ${definition}: ${each}`)
}

const definitions = new Map([
  ['closed', 'state-change-issue-event'],
  ['reopened', 'state-change-issue-event'],
  ['commented', 'timeline-comment-event'],
  ['cross-referenced', 'timeline-cross-referenced-event'],
  ['locked', 'locked-issue-event'],
  ['unlocked', 'locked-issue-event'],
  ...[
    'labeled',
    'unlabeled',
    'renamed',
    'blocked_by_added',
    'blocked_by_removed',
    'blocking_added',
    'blocking_removed',
    'sub_issue_added',
    'sub_issue_removed',
    'parent_issue_added',
    'parent_issue_removed',
  ].map((name) => [name, `${name.replaceAll('_', '-')}-issue-event`] as const),
])

function checkShape(operation: string, status: number, json: unknown): readonly string[] {
  const [schema, responses] = responsesOf(operation)
  const wanted = responses[status]
  if (wanted === null) return []
  if (wanted !== undefined)
    return complaints(`${schema}#/ops/${pointer(operation)}/responses/${status}`, json)
  if (status < 400 && status !== 301 && status !== 307)
    return [`/ ${operation} has no answer ${status}`]
  return checkDefinition(status === 422 ? 'validation-error' : 'basic-error', json)
}

export function checkBody(operation: string, json: unknown): readonly string[] {
  const listed = file.ops[operation]
  const own = ownOperations[operation]
  if (json === undefined && own?.isBodyOptional === true) return []
  const schema = listed === undefined ? own?.body : listed.body
  if (schema === null || schema === undefined)
    return json === undefined ? [] : [`/ ${operation} takes no body`]
  return complaints(
    `${listed === undefined ? 'own' : 'github'}#/ops/${pointer(operation)}/body`,
    json,
  )
}

export function checkDefinition(name: string, json: unknown): readonly string[] {
  if (!Object.hasOwn(file.$defs, name)) throw new Error(`no definition ${name} in the schema`)
  return complaints(`github#/$defs/${pointer(name)}`, json)
}

function responsesOf(operation: string): readonly [string, OwnOperation['responses']] {
  const listed = file.ops[operation]
  if (listed !== undefined) return ['github', listed.responses]
  const own = ownOperations[operation]
  if (own === undefined) throw new Error(`no operation ${operation} in either schema`)
  return ['own', own.responses]
}

function complaints(ref: string, json: unknown): readonly string[] {
  const isValid: ValidateFunction | undefined = ajv.getSchema(ref)
  if (isValid === undefined) throw new Error(`no schema at ${ref}`)
  if (isValid(json) === true) return []
  const errors = isValid.errors ?? []
  return [...new Set(errors.map((error) => `${error.instancePath || '/'} ${error.message}`))]
}

function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The four that the file uses. */
function formats() {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
  return {
    uri: (text: string) => URL.canParse(text),
    email: /^[^\s@]+@[^\s@]+$/,
    'date-time': (text: string) => instant.test(text) && !Number.isNaN(Date.parse(text)),
    int64: { type: 'number' as const, validate: Number.isSafeInteger },
  }
}
