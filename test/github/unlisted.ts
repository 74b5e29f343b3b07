/**
 * What GitHub answers although its description has no word for it, put in words that the description knows.
 *
 * An event, and the comment in a timeline, of an account that is gone has nobody; a check run that was given
 * up is `stale`. All else is left as it is, so that the description still judges it.
 */
type Bag = Readonly<Record<string, unknown>>

export function described(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(described)
  if (typeof json !== 'object' || json === null) return json
  const bag = json as Bag
  const below = Object.entries(bag).map(([key, value]) => [key, described(value)])
  return {
    ...(Object.fromEntries(below) as Bag),
    ...(isEvent(bag) && bag['actor'] === null && { actor: somebody }),
    ...(bag['event'] === 'commented' && bag['user'] === null && { user: somebody }),
    ...(isCheckRun(bag) && bag['conclusion'] === 'stale' && { conclusion: null }),
  }
}

function isEvent(bag: Bag): boolean {
  return typeof bag['event'] === 'string' && 'actor' in bag
}

function isCheckRun(bag: Bag): boolean {
  return 'check_suite' in bag && 'output' in bag
}

const url = 'https://api.github.example/users/ghost'
const somebody = {
  login: 'ghost',
  id: 10_137,
  node_id: 'U_ghost',
  gravatar_id: '',
  type: 'User',
  site_admin: false,
  ...Object.fromEntries(
    [
      'avatar_url',
      'url',
      'html_url',
      'followers_url',
      'following_url',
      'gists_url',
      'starred_url',
      'subscriptions_url',
      'organizations_url',
      'repos_url',
      'events_url',
      'received_events_url',
    ].map((key) => [key, url]),
  ),
}
