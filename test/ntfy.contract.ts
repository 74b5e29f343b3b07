/** What the ntfy channel and an ntfy server must agree on, whichever server it is. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { ntfy, type NtfyOptions } from '../src/channels/ntfy/ntfy.ts'
import type { Message } from '../src/channels/channel.ts'
import { message } from './message.ts'
import type { NtfyServer, NtfyServerOptions } from './ntfy-server.ts'

export type FarSide = Pick<NtfyServer, 'url' | 'tokens' | 'poll' | 'close'> & {
  /** What a server let pass that no sender should do. A real one notes nothing. */
  readonly violations: string[]
}

export function ntfyContract(open: (options: NtfyServerOptions) => Promise<FarSide>): void {
  let publicSide: FarSide
  let guarded: FarSide
  beforeAll(async () => {
    publicSide = await open({})
    guarded = await open({ auth: 'deny-all' })
  })
  afterAll(async () => {
    await publicSide.close()
    await guarded.close()
  })
  afterEach(() => {
    expect(publicSide.violations).toEqual([])
    expect(guarded.violations).toEqual([])
  })

  const topicOf = () => `protected-${randomUUID()}`
  const sendAll = async (options: NtfyOptions, ...messages: readonly Message[]) => {
    const phone = ntfy(options)
    onTestFinished(() => phone.close())
    const outcomes = []
    for (const one of messages) outcomes.push(await phone.send(one, AbortSignal.timeout(10_000)))
    return outcomes
  }
  const arrive = async (ring: Message) => {
    const topic = topicOf()
    const [outcome] = await sendAll({ server: publicSide.url, topic }, ring)
    const [arrived, ...more] = await publicSide.poll(topic)
    expect(more).toEqual([])
    expect(outcome).toEqual({ type: 'accepted', reference: arrived?.id })
    return arrived
  }

  test('a ring arrives with all it says', async () => {
    const ring = message({}, { notes: ['reported by ci'] })
    const link = 'https://t3.test/?thread=t-1'
    expect(await arrive(ring)).toMatchObject({
      title: '[NEEDS-HUMAN] infra#42 needs a human',
      message: `errored before push\nThread: ${link}\nreported by ci`,
      priority: 4,
      tags: ['afk', 'escalation', 'needs-human'],
      click: link,
      actions: [{ action: 'view', label: 'Open thread', url: link }],
      sequence_id: ring.handle,
    })
  })

  test('a done ring is quieter, and without a thread nothing opens', async () => {
    const arrived = await arrive(message({ kind: 'done', threadId: null }))
    expect(arrived).toMatchObject({ title: '[DONE] infra#42 landed', priority: 2 })
    expect(arrived).not.toHaveProperty('click')
    expect(arrived).not.toHaveProperty('actions')
  })

  test.each(['', ' \n\t '])('a blank body (%j) becomes the issue reference', async (detail) => {
    const arrived = await arrive(message({ detail, threadId: null }))
    expect(arrived).toMatchObject({ message: 'infra#42' })
  })

  test.each([
    ['ASCII', 'a'],
    ['three-byte', '€'],
    ['four-byte', '😀'],
    ['mixed', 'aé€😀'],
    ['quoted', '"\\'],
    ['broken', 'so\n'],
  ])('a long %s detail is cut, its thread and notes are whole', async (_, unit) => {
    const notes = ['reported by ci', 'Sent 7 min after the run ended.']
    const detail = unit.repeat(10_000 / unit.length)
    const arrived = await arrive(message({ detail }, { notes }))
    const text = arrived?.message ?? ''
    const tail = ['…', 'Thread: https://t3.test/?thread=t-1', ...notes].join('\n')
    expect(text.endsWith(tail)).toBe(true)
    const kept = text.slice(0, -tail.length)
    expect(detail.startsWith(kept)).toBe(true)
    expect(Buffer.byteLength(text)).toBeGreaterThan(3_500)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_095)
    expect(text).not.toContain('\ufffd')
  })

  test('an encoded word is not decoded, in the title, the tags or the link', async () => {
    const word = '=?UTF-8?B?SGVsbG8=?='
    const { notification, ...rest } = message({ issue: { repo: word, number: 7 } })
    const link = `https://t3.test/${word}`
    const arrived = await arrive({ ...rest, notification: { ...notification, link, tags: [word] } })
    expect(arrived?.title?.replaceAll('\u200b', '')).toBe(notification.title)
    expect(arrived?.tags?.map((tag) => tag.replaceAll('\u200b', ''))).toEqual([word])
    expect(arrived?.click?.replaceAll('%3F', '?')).toBe(link)
    expect(arrived?.actions?.[0]?.url).toBe(arrived?.click)
  })

  test('a tag with a comma stays one tag', async () => {
    const { notification, ...rest } = message()
    const arrived = await arrive({ ...rest, notification: { ...notification, tags: ['a,b', 'c'] } })
    expect(arrived?.tags).toEqual(['a b', 'c'])
  })

  test.each(['/', '//', '///'])('slashes after the server (%s) do not count', async (slashes) => {
    const topic = topicOf()
    const outcomes = await sendAll({ server: `${publicSide.url}${slashes}`, topic }, message())
    expect(outcomes).toMatchObject([{ type: 'accepted' }])
    expect(await publicSide.poll(topic)).toHaveLength(1)
  })

  test('a path that is not ntfy is refused', async () => {
    const server = `${publicSide.url}/no/such/path`
    const outcomes = await sendAll({ server, topic: topicOf() }, message())
    expect(outcomes).toMatchObject([{ type: 'refused', code: 'not-found' }])
    publicSide.violations.splice(0)
  })

  test('a topic name that ntfy keeps for itself is refused', async () => {
    const outcomes = await sendAll({ server: publicSide.url, topic: 'docs' }, message())
    expect(outcomes).toMatchObject([{ type: 'refused', code: 'invalid' }])
  })

  test('a repeat of what arrived is found on an open topic', async () => {
    const topic = topicOf()
    const ring = message()
    const repeat = { ...ring, mayHaveArrivedSince: Date.now() }
    const [first, second] = await sendAll({ server: publicSide.url, topic }, ring, repeat)
    expect(second).toEqual(first)
    expect(await publicSide.poll(topic)).toHaveLength(1)
  })

  test('a repeat of what did not arrive is published, whatever else the topic holds', async () => {
    const topic = topicOf()
    const other = message()
    const repeat = message({}, { mayHaveArrivedSince: Date.now() })
    await sendAll({ server: publicSide.url, topic }, other, repeat)
    const kept = (await publicSide.poll(topic)).map((one) => one.sequence_id)
    expect(kept).toEqual([other.handle, repeat.handle])
  })

  describe('with access control', () => {
    const guardedBy = (token?: string) => {
      const topic = topicOf()
      return { server: guarded.url, topic, ...(token !== undefined && { token }) }
    }

    test('a wrong token is a refused credential', async () => {
      const [outcome] = await sendAll(guardedBy(`tk_${'x'.repeat(29)}`), message())
      expect(outcome).toMatchObject({ type: 'refused', code: 'credential' })
      expect(outcome).toHaveProperty('detail', expect.stringContaining('401'))
    })

    test('no token on a protected topic is a refused credential', async () => {
      const [outcome] = await sendAll(guardedBy(), message())
      expect(outcome).toMatchObject({ type: 'refused', code: 'credential' })
      expect(outcome).toHaveProperty('detail', expect.stringContaining('403'))
    })

    test('a repeat is found and not published again if the token may read', async () => {
      const options = guardedBy(guarded.tokens?.readWrite)
      const ring = message()
      const repeat = { ...ring, mayHaveArrivedSince: Date.now() }
      const [first, second] = await sendAll(options, ring, repeat)
      expect(first).toMatchObject({ type: 'accepted' })
      expect(second).toEqual(first)
      expect(await guarded.poll(options.topic)).toHaveLength(1)
    })

    test('a repeat is published again under the same sequence id if it may only write', async () => {
      const options = guardedBy(guarded.tokens?.writeOnly)
      const ring = message()
      const repeat = { ...ring, mayHaveArrivedSince: Date.now() }
      const outcomes = await sendAll(options, ring, repeat)
      expect(outcomes).toMatchObject([{ type: 'accepted' }, { type: 'accepted' }])
      const kept = (await guarded.poll(options.topic)).map((one) => one.sequence_id)
      expect(kept).toEqual([ring.handle, ring.handle])
    })

    test('the check tells a wrong token from a right one', async () => {
      const findings = async (token?: string) => {
        const phone = ntfy(guardedBy(token))
        onTestFinished(() => phone.close())
        return (await phone.check(AbortSignal.timeout(10_000))).map((finding) => finding.type)
      }
      expect(await findings(guarded.tokens?.writeOnly)).toEqual(['good', 'unproven'])
      expect(await findings(`tk_${'x'.repeat(29)}`)).toEqual(['bad'])
    })

    test('thirty failed logins defer the right token too', async () => {
      const side = await open({ auth: 'deny-all' })
      onTestFinished(() => side.close())
      const topic = topicOf()
      const attempts = Array.from({ length: 30 }, () => message())
      const token = `tk_${'x'.repeat(29)}`
      const failed = await sendAll({ server: side.url, topic, token }, ...attempts)
      expect(new Set(failed.map((outcome) => outcome.type))).toEqual(new Set(['refused']))
      const right = { server: side.url, topic, token: side.tokens?.readWrite ?? '' }
      expect(await sendAll(right, message())).toMatchObject([
        { type: 'deferred', code: 'rate-limited', notBeforeMs: 60_000 },
      ])
    })
  })

  test('past sixty in a row a ring is deferred for at least five seconds', async () => {
    const side = await open({ limited: true })
    onTestFinished(() => side.close())
    const flood = Array.from({ length: 70 }, () => message())
    const outcomes = await sendAll({ server: side.url, topic: topicOf() }, ...flood)
    const first = outcomes.findIndex((outcome) => outcome.type !== 'accepted')
    expect(first).toBeGreaterThanOrEqual(60)
    expect(outcomes[first]).toMatchObject({ type: 'deferred', code: 'rate-limited' })
    expect(outcomes[first]).toHaveProperty('notBeforeMs', 5_000)
  })
}
