/** Whether it may stand in a path as `owner/name`, and leads nowhere else. */
export function isRepoName(repo: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(repo) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(repo)
}

/** Paths of the API below a repository. @throws {TypeError} if it is no `owner/name`. */
export function pathsOf(repo: string): (below: string) => string {
  if (!isRepoName(repo)) throw new TypeError(`${JSON.stringify(repo)} is no owner/name`)
  return (below) => `/repos/${repo}${below}`
}
