/**
 * The one thing of GitHub's GraphQL API that no REST answer tells: who edited an issue's body, and when.
 *
 * `repository(owner, name) { issue(number) { lastEditedAt editor userContentEdits(first | last) } }`, with
 * what is told beside them. A field that is not here is an error in a 200, as GraphQL has it. Nobody asks
 * without a token; what the asker may not see is null, and an error of type NOT_FOUND.
 */
import { type Part, parseQuery, SyntaxFault } from './graphql-query.ts'
import { nodeId, pageOf } from './json.ts'
import type { BodyEdit, Issue, Repository, User } from './model.ts'
import { roleOf } from './permissions.ts'
import { type Answer, type Ask, notFound, ok, type Route } from './route.ts'
import { fullNameOf, spell } from './state.ts'

type Value = string | number | boolean | null | Node | readonly Node[]
type Resolver = (args: Readonly<Record<string, unknown>>) => Value
/** `type`: as `__typename` says it; `also`: the interfaces it has. */
type Node = {
  readonly type: string
  readonly also: readonly string[]
  readonly fields: Readonly<Record<string, Resolver>>
}

type GraphqlError = {
  readonly type?: string
  readonly message: string
  readonly path: readonly string[]
}

export const graphqlRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/graphql',
    operation: 'graphql',
    answer: answered,
  },
]

function answered(ask: Ask): Answer {
  if (!ask.settings.hasGraphql) throw notFound()
  // Throws where nobody asks.
  const { user } = ask.actor
  const { query, variables = {} } = ask.body as GraphqlBody
  const errors: GraphqlError[] = []
  const fail = (error: GraphqlError) => void errors.push(error)
  try {
    const parts = parseQuery(query, variables)
    const data = shown(root(ask, user, fail), parts, { path: [], fail })
    return ok(errors.length === 0 ? { data } : { data, errors })
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    return ok({ errors: [{ message: `Parse error: ${error.message}`, path: [] }] })
  }
}

type GraphqlBody = {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

type Showing = {
  readonly path: readonly string[]
  readonly fail: (error: GraphqlError) => void
}

function shown(node: Node, parts: readonly Part[], showing: Showing): object {
  const pairs = parts.flatMap((part): readonly (readonly [string, unknown])[] => {
    if ('on' in part) {
      const isOne = part.on === node.type || node.also.includes(part.on)
      return isOne ? Object.entries(shown(node, part.fields, showing)) : []
    }
    const path = [...showing.path, part.alias]
    if (part.name === '__typename') return [[part.alias, node.type]]
    const resolve = node.fields[part.name]
    if (resolve === undefined) {
      const message = `Field '${part.name}' doesn't exist on type '${node.type}'`
      showing.fail({ message, path })
      return [[part.alias, null]]
    }
    const value = resolve(part.args)
    const below = (each: Node) => shown(each, part.fields ?? [], { ...showing, path })
    if (Array.isArray(value)) return [[part.alias, (value as readonly Node[]).map(below)]]
    const isNode = typeof value === 'object' && value !== null
    return [[part.alias, isNode ? below(value as Node) : value]]
  })
  return Object.fromEntries(pairs)
}

function root(ask: Ask, user: User, fail: Showing['fail']): Node {
  const { state, token } = ask
  return object('Query', {
    viewer: () => actorNode(user),
    repository({ owner, name }) {
      const wanted = `${String(owner)}/${String(name)}`.toLowerCase()
      const alive = state.repositories.filter(({ isDeleted }) => !isDeleted)
      const found =
        alive.find((each) => fullNameOf(each).toLowerCase() === wanted) ??
        // `followRenames`, which is so unless it is turned off.
        alive.findLast(({ formerNames }) => formerNames.includes(wanted))
      const isCovered = token?.repositories?.includes(found as Repository) ?? true
      const isSeen =
        found !== undefined &&
        (token?.installation === null ? roleOf(found, user) !== null : isCovered)
      if (isSeen) return repositoryNode(found, fail)
      const message = `Could not resolve to a Repository with the name '${wanted}'.`
      fail({ type: 'NOT_FOUND', message, path: ['repository'] })
      return null
    },
  })
}

function repositoryNode(repository: Repository, fail: Showing['fail']): Node {
  return object('Repository', {
    id: () => nodeId('R', repository.id),
    databaseId: () => repository.id,
    nameWithOwner: () => fullNameOf(repository),
    issue({ number }) {
      const found = repository.issues.get(Number(number))
      const isThere = found !== undefined && !found.isDeleted && found.movedTo === null
      if (isThere && found.pull === null) return issueNode(found)
      const message = `Could not resolve to an Issue with the number of ${String(number)}.`
      fail({ type: 'NOT_FOUND', message, path: ['repository', 'issue'] })
      return null
    },
  })
}

function issueNode(issue: Issue): Node {
  const last = issue.edits.at(-1)
  return object('Issue', {
    id: () => nodeId('I', issue.id),
    databaseId: () => issue.id,
    number: () => issue.number,
    title: () => issue.title,
    body: () => issue.body ?? '',
    url: () => `${pageOf(issue.repository)}/issues/${issue.number}`,
    createdAt: () => spell(issue.createdAt),
    updatedAt: () => spell(issue.updatedAt),
    author: () => actorOrNull(issue.author?.user ?? null),
    lastEditedAt: () => (last === undefined ? null : spell(last.at)),
    editor: () => actorOrNull(last?.editor ?? null),
    userContentEdits: (args) => editsNode(issue, args),
  })
}

/** Newest first. The first edit brings the original text with it, as an entry of its own. */
function editsNode(
  { edits, author, createdAt, id }: Issue,
  args: Readonly<Record<string, unknown>>,
) {
  const original: BodyEdit = { id, at: createdAt, editor: author?.user ?? null }
  const all = edits.length === 0 ? [] : [original, ...edits].toReversed()
  const { first, last } = args as { readonly first?: number; readonly last?: number }
  if (first === undefined && last === undefined)
    throw new SyntaxFault('userContentEdits needs `first` or `last`')
  const nodes = first === undefined ? all.slice(-Math.min(last ?? 0, 100)) : all.slice(0, first)
  return object('UserContentEditConnection', {
    totalCount: () => all.length,
    nodes: () => nodes.map(editNode),
    pageInfo: () =>
      object('PageInfo', {
        hasNextPage: () => first !== undefined && first < all.length,
        hasPreviousPage: () => last !== undefined && last < all.length,
      }),
  })
}

function editNode({ id, at, editor }: BodyEdit): Node {
  return object('UserContentEdit', {
    id: () => nodeId('UCE', id),
    createdAt: () => spell(at),
    editedAt: () => spell(at),
    updatedAt: () => spell(at),
    deletedAt: () => null,
    editor: () => actorOrNull(editor),
  })
}

function actorOrNull(user: User | null): Node | null {
  return user === null ? null : actorNode(user)
}

/** A bot has no `[bot]` behind its login here. */
function actorNode({ id, login, type }: User): Node {
  const name = login.replace('[bot]', '')
  const fields = { login: () => name, databaseId: () => id, id: () => nodeId('U', id) }
  return { type, also: ['Actor', 'Node'], fields }
}

function object(type: string, fields: Node['fields']): Node {
  return { type, also: ['Node'], fields }
}
