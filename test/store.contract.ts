/** What every store must do, whatever it is kept in. */
import { describe } from 'vitest'

import type { Store } from '../src/store/store.ts'
import { acceptContract } from './store/accept.contract.ts'
import { acknowledgeContract } from './store/acknowledge.contract.ts'
import { bellContract } from './store/bell.contract.ts'
import { claimContract } from './store/claim.contract.ts'
import { forgetContract } from './store/forget.contract.ts'
import { groupContract } from './store/group.contract.ts'
import { interleavingContract } from './store/interleaving.contract.ts'
import { keepContract } from './store/keep.contract.ts'
import { leaseContract } from './store/lease.contract.ts'
import { listContract } from './store/list.contract.ts'
import { owedContract } from './store/owed.contract.ts'
import { reportContract } from './store/report.contract.ts'
import { settleContract } from './store/settle.contract.ts'

/** `open` gives a store that nobody has used, and closes it when the test is over if it is open then. */
export function storeContract(open: () => Store): void {
  describe('accept', () => {
    acceptContract(open)
  })
  describe('units that arrive together', () => {
    groupContract(open)
  })
  describe('claim', () => {
    claimContract(open)
  })
  describe('lease', () => {
    leaseContract(open)
  })
  describe('settle', () => {
    settleContract(open)
  })
  describe('acknowledge', () => {
    acknowledgeContract(open)
  })
  describe('owed once more', () => {
    owedContract(open)
  })
  describe('report', () => {
    reportContract(open)
  })
  describe('list', () => {
    listContract(open)
  })
  describe('how the bell has done', () => {
    bellContract(open)
  })
  describe('forget', () => {
    forgetContract(open)
  })
  describe('keep', () => {
    keepContract(open)
  })
  describe('in any order', () => {
    interleavingContract(open)
  })
}
