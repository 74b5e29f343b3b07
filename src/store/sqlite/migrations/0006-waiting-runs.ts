/** An ended run that a person may still go on with is found without looking at the others. */
export const waitingRuns = `
  create index run_waiting on run (repo, seq) where state in ('needs-human', 'frozen')
`
