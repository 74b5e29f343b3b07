import { describe } from 'vitest'

import { pullsContract } from '../../../test/pulls.contract.ts'
import { pullsGround } from '../../../test/github-pulls-ground.ts'

describe('pull requests on GitHub keep the contract:', () => {
  pullsContract(async () => {
    const { repository, github, pulls, fresh } = await pullsGround()
    const newest = (branch: string) => {
      const all = [...repository.record.issues.values()]
      const issue = all.findLast(({ pull }) => pull?.head === branch)
      if (issue === undefined) throw new Error(`${branch} has no pull request`)
      return repository.pullAt(issue.number)
    }
    return {
      pulls,
      push: (branch) => repository.push(branch),
      mergeByHand: (branch) => newest(branch).merge(),
      close: (branch) => newest(branch).close(),
      reopen: (branch) => newest(branch).reopen(),
      conflict: (branch) => newest(branch).setMergeability({ mergeable: false, state: 'dirty' }),
      refuse(what) {
        if (what === 'merge') return repository.requireReview('main')
        const headers = { 'content-type': 'application/json' }
        const text = '{"message":"Resource not accessible by personal access token"}'
        github.fail({ status: 403, text, headers }, { at: /^POST .*\/pulls$/ })
      },
      away: () => github.fail('502', { times: Infinity }),
      fresh,
    }
  })
})
