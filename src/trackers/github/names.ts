/** Names of repositories, labels and users compare without regard to case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** `owner/name` in the address that the API has for it. */
export function nameIn(repositoryUrl: string): string {
  return repositoryUrl.split('/').slice(-2).join('/')
}
