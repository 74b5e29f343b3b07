import { describe, expect, test } from 'vitest'

import { findPublished } from './published.ts'

const handle = 'HQNW2CXNY6PC4PIBBQ2PUU6HGZ'
const line = (said: object) => `${JSON.stringify({ id: 'm1', event: 'message', ...said })}\n`

describe('a message that ntfy already has', () => {
  test('is found by its sequence id, wherever it stands', () => {
    const others = line({ id: 'm0', sequence_id: 'other' }) + line({ id: 'm2' })
    expect(findPublished(others + line({ sequence_id: handle }) + others, handle)).toBe('m1')
  })

  test.each([
    ['nothing', ''],
    ['a page', `<html>${handle}</html>`],
    ['another message that speaks of it', line({ message: handle, sequence_id: 'other' })],
    ['a message without a sequence id that speaks of it', line({ title: handle })],
    ['its deletion', line({ event: 'message_delete', sequence_id: handle })],
    ['a line cut short', line({ sequence_id: handle }).slice(0, -3)],
    ['an id that is none', line({ id: 7, sequence_id: handle })],
    ['null', `null ${handle}`],
  ])('is not found in %s', (_, ndjson) => {
    expect(findPublished(ndjson, handle)).toBeNull()
  })
})
