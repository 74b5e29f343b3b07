/** What a node remembers of its channels, and that it can still write. */
import { beforeEach, expect, test } from 'vitest'

import { type Closed, OPEN } from '../../src/doorbell/gate.ts'
import type { Store } from '../../src/store/store.ts'
import { claimOf, heard, held, newRing, settlement } from '../rings.ts'

const detail = 'the token "x" was refused'
const closed: Closed = { state: 'closed', closedAt: 1_000, detail, probeAt: 901_000 }

export function keepContract(open: () => Store): void {
  let store: Store
  beforeEach(() => {
    store = open()
  })

  test('a channel that was never seen has no gate', async () => {
    expect(await store.gate('phone')).toBeUndefined()
  })

  test('a gate comes back as it was set, each channel’s its own', async () => {
    await store.setGate('phone', { gate: closed, credential: 'abc' })
    await store.setGate('team', { gate: OPEN, credential: 'def' })
    expect(await store.gate('phone')).toEqual({ gate: closed, credential: 'abc' })
    expect(await store.gate('team')).toEqual({ gate: OPEN, credential: 'def' })
    await store.setGate('phone', { gate: OPEN, credential: 'new' })
    expect(await store.gate('phone')).toEqual({ gate: OPEN, credential: 'new' })
  })

  test('a try that closed or opened its channel moves the gate and keeps the credential', async () => {
    await store.setGate('phone', { gate: OPEN, credential: 'abc' })
    await store.setGate('team', { gate: OPEN, credential: 'def' })
    await store.accept([newRing()])
    const [probe] = (await store.claim(claimOf())).deliveries
    const close = { gate: { channel: 'phone', gate: closed } }
    await store.settle([settlement(probe!, held, close)])
    expect(await store.gate('phone')).toEqual({ gate: closed, credential: 'abc' })
    expect(await store.gate('team')).toEqual({ gate: OPEN, credential: 'def' })
    const [again] = (await store.claim(claimOf({ now: 901_000, oldest: true }))).deliveries
    const reopen = { gate: { channel: 'phone', gate: OPEN } }
    await store.settle([settlement(again!, heard, reopen)])
    expect(await store.gate('phone')).toEqual({ gate: OPEN, credential: 'abc' })
  })

  test('a settlement that fails leaves the gate where it was', async () => {
    await store.setGate('phone', { gate: OPEN, credential: 'abc' })
    await store.accept([newRing()])
    const [delivery] = (await store.claim(claimOf())).deliveries
    const close = { gate: { channel: 'phone', gate: closed } }
    const unknown = settlement({ ...delivery!, id: 999_999 }, held, close)
    await expect(store.settle([unknown])).rejects.toBeInstanceOf(Error)
    expect(await store.gate('phone')).toEqual({ gate: OPEN, credential: 'abc' })
  })

  test('a store that works proves it, as often as it is asked', async () => {
    expect(await store.proveWritable(1_000)).toBeUndefined()
    expect(await store.proveWritable(1_000)).toBeUndefined()
    expect(await store.proveWritable(2_000)).toBeUndefined()
  })

  test('a closed store proves nothing', async () => {
    await store.close()
    await expect(store.proveWritable(1_000)).rejects.toMatchObject({ code: 'refusing' })
  })
}
