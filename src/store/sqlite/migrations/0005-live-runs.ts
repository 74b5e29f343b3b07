/** A repository's run that has not ended is found without looking at the others. */
export const liveRuns = `create index run_live_repo on run (repo) where is_live = 1`
