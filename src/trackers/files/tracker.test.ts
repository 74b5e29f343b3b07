import { describe } from 'vitest'

import { filesBench } from '../../../test/issue-folder.ts'
import { trackerContract } from '../../../test/tracker.contract.ts'

describe('a folder of issues keeps the contract:', () => {
  trackerContract(filesBench)
})
