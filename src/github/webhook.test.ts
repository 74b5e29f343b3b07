import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'

import { open } from '../../test/github/open.ts'
import { listen } from '../../test/listen.ts'
import { deliveries, isSigned } from './webhook.ts'

const signed = (secret: string, body: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

test('GitHub’s own example is signed', () => {
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  const header = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  expect(isSigned("It's a Secret to Everybody", 'Hello, World!', header)).toBe(true)
  expect(isSigned("It's a Secret to Everybody", Buffer.from('Hello, World!'), header)).toBe(true)
})

test.each([
  ['another secret', signed('other', '{}')],
  ['another body', signed('secret', '{ }')],
  ['no header', null],
  ['an empty one', ''],
  ['an older kind', `sha1=${createHmac('sha1', 'secret').update('{}').digest('hex')}`],
  ['half a digest', signed('secret', '{}').slice(0, 40)],
  ['more than a digest', `${signed('secret', '{}')}00`],
  ['no hexadecimal', `sha256=${'z'.repeat(64)}`],
])('with %s a delivery is not signed', (_, header) => {
  expect(isSigned('secret', '{}', header)).toBe(false)
})

test('what GitHub delivers is signed, each time, and new the first time', async () => {
  const { world, repository } = await open()
  const known = deliveries()
  const seen: Array<readonly [boolean, boolean]> = []
  const to = await listen((req, res, body) => {
    const header = req.headers['x-hub-signature-256']?.toString()
    const guid = req.headers['x-github-delivery']?.toString() ?? ''
    seen.push([isSigned('shh', body, header), known.isNew(guid)])
    res.writeHead(202).end()
  })
  const event = world.events.issues('opened', repository.issue({ body: 'ü 😀' }))
  await world.deliver(event, { to, secret: 'shh', times: 2 })
  await world.deliver(event, { to, secret: 'other' })
  for (const signature of ['wrong', 'malformed', 'missing'] as const)
    await world.deliver(event, { to, secret: 'shh', signature })
  expect(seen).toEqual([
    [true, true],
    [true, false],
    [false, true],
    [false, true],
    [false, true],
    [false, true],
  ])
})

test('with an empty secret nothing is signed', () => {
  expect(isSigned('', '{}', signed('', '{}'))).toBe(false)
})

test('a delivery is new once', () => {
  const known = deliveries()
  expect(known.isNew('72d3162e-cc78-11e3-81ab-4c9367dc0958')).toBe(true)
  expect(known.isNew('72D3162E-cc78-11e3-81ab-4c9367dc0958')).toBe(false)
  expect(known.isNew('72d3162e-cc78-11e3-81ab-4c9367dc0959')).toBe(true)
})

test('the newest deliveries are known, and no more', () => {
  const known = deliveries(2)
  for (const guid of ['a', 'b', 'c']) known.isNew(guid)
  expect([known.isNew('c'), known.isNew('b'), known.isNew('a')]).toEqual([false, false, true])
})
