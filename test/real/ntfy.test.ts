import { describe, expect, onTestFinished, test } from 'vitest'

import { ntfyBinary, ntfyServer, type NtfyServerOptions } from '../ntfy-server.ts'
import { ntfyWireContract } from '../ntfy-wire.contract.ts'
import { ntfyContract } from '../ntfy.contract.ts'
import { ntfy } from '../../src/channels/ntfy/ntfy.ts'
import { message } from '../message.ts'

const isMissing = ntfyBinary() === null
const name = isMissing ? 'skipped: no ntfy >= 2.16 (scripts/fetch-ntfy.sh)' : 'a real ntfy server'

describe.skipIf(isMissing)(`${name}`, () => {
  ntfyContract(open)
  ntfyWireContract(open)

  test('a server that is down defers a ring, and has the earlier ones when it is up again', async () => {
    const server = await ntfyServer()
    const phone = ntfy({ server: server.url, topic: 'afk' })
    onTestFinished(() => phone.close())
    onTestFinished(() => server.close())
    const send = (ring = message()) => phone.send(ring, AbortSignal.timeout(10_000))
    const ring = message()
    const first = await send(ring)
    await server.stop()
    expect(await send()).toMatchObject({ type: 'deferred', code: 'network' })
    await server.start()
    expect(await send({ ...ring, mayHaveArrivedSince: Date.now() })).toEqual(first)
    expect(await server.poll('afk')).toHaveLength(1)
  })
})

async function open(options: NtfyServerOptions) {
  return { ...(await ntfyServer(options)), violations: [] }
}
