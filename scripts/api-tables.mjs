/** The API's tables, read off its OpenAPI document. */
import { openapiDocument } from '../src/server/openapi.ts'
import { code, table } from './markdown-table.mjs'

const { paths, components } = openapiDocument()

/** One heading for each route, with what it takes and answers. */
export function api() {
  return Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => route(method, path, operation)),
    )
    .join('\n\n')
}

/** Every named shape, in the order of their names. */
export function shapes() {
  return Object.entries(components.schemas)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `### ${name}\n\n${shape(schema)}`)
    .join('\n\n')
}

function route(method, path, { summary, parameters = [], requestBody, responses }) {
  const asked = parameters.map(({ name, in: where, schema }) => [code(name), where, typeOf(schema)])
  const body = requestBody?.content['application/json'].schema
  const answers = Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .map(([status, { content }]) => `${status} ${answerOf(content)}`)
  return [
    `### ${method.toUpperCase()} ${path}`,
    `${summary}. Answers ${answers.join(', ')}.`,
    ...(asked.length > 0 ? [table(['parameter', 'in', 'type'], asked)] : []),
    ...(body === undefined ? [] : [body.$ref ? `Body: ${typeOf(body)}` : shape(body)]),
  ].join('\n\n')
}

function answerOf(content) {
  return Object.entries(content)
    .map(([type, { schema }]) => {
      if (type === 'application/json') return answer(schema)
      return schema.$ref ? `${code(type)} of ${typeOf(schema)}` : code(type)
    })
    .join(', ')
}

function answer(schema) {
  if (schema.$ref) return typeOf(schema)
  const names = Object.keys(schema.properties ?? {})
  return names.length > 0 ? `{ ${names.map(code).join(', ')} }` : 'JSON'
}

function shape(schema) {
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.oneOf) return table(['one of', 'what it is'], schema.oneOf.map(variant))
  return table(['field', 'type', 'may be left out', 'what it is'], fields(schema, ''))
}

/** One of several shapes, which its constant fields tell apart. */
function variant({ properties, description = '' }) {
  const parts = Object.entries(properties).map(([name, schema]) =>
    schema.const === undefined ? name : `${name}: '${schema.const}'`,
  )
  return [code(`{ ${parts.join(', ')} }`), description]
}

function fields({ properties, required = [] }, prefix) {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`
    const isOptional = required.includes(name) ? '' : 'yes'
    const row = [code(key), typeOf(schema), isOptional, schema.description ?? '']
    return [row, ...nested(schema, key)]
  })
}

function nested(schema, key) {
  const [within] = (schema.anyOf ?? [schema]).filter((each) => each.type !== 'null')
  if (within.properties) return fields(within, `${key}.`)
  return within.items?.properties ? fields(within.items, `${key}[].`) : []
}

function typeOf(schema) {
  const {
    $ref,
    type,
    anyOf,
    items,
    format,
    minimum,
    maximum,
    maxLength,
    default: fallback,
  } = schema
  const also = fallback === undefined ? '' : `, default ${code(fallback)}`
  if ($ref) {
    const name = $ref.split('/').at(-1)
    return `[${name}](#${name.toLowerCase()})${also}`
  }
  if (schema.const !== undefined) return code(schema.const)
  if (schema.enum) return schema.enum.map(code).join(' or ') + also
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if (Array.isArray(type)) return type.join(' or ')
  if (items) return `list of ${typeOf(items)}`
  if (format === 'date-time') return 'instant'
  if (format === 'uri') return `URL${atMost(maxLength)}`
  if (type === 'integer') return `whole number${range(minimum, maximum)}${also}`
  return `${type}${atMost(maxLength)}${also}`
}

const atMost = (maxLength) => (maxLength === undefined ? '' : ` of at most ${maxLength} characters`)

function range(minimum, maximum) {
  const isBounded = (each) => each !== undefined && Math.abs(each) !== Number.MAX_SAFE_INTEGER
  if (!isBounded(minimum)) return ''
  return isBounded(maximum) ? `, ${minimum} to ${maximum}` : `, ${minimum} or more`
}
