/** An ended run whose pull request a person may still merge is found without looking at the others. */
export const offeredRuns = `
  create index run_offered on run (repo, seq)
  where state in ('needs-human', 'frozen') and json_extract(body, '$.where.is') in ('offered', 'declined')
`
