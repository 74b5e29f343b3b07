/** The store's values as the API's JSON. Pure. */
import type { z } from 'zod'

import { deliveryId } from '../delivery/tell.ts'
import type { DeliveryStory, Owed, RingStory } from '../store/rings.ts'
import type { Accepted, RingSummary, RingView } from './schemas.ts'

export const iso = (at: number) => new Date(at).toISOString()

export function owedView(owed: readonly Owed[]): z.infer<typeof Accepted>['deliveries'] {
  return owed.map(({ id, channel }) => ({ id: deliveryId(id), channel }))
}

export function ringSummary(story: RingStory): z.infer<typeof RingSummary> {
  return { ...base(story), deliveries: story.deliveries.map(deliverySummary) }
}

export function ringView(story: RingStory): z.infer<typeof RingView> {
  const { issue, threadId, notification } = story.ring
  const { body, priority, tags } = notification
  return {
    ...base(story),
    issue: { ...issue, number: issue.number },
    threadId,
    body,
    priority,
    tags: [...tags],
    deliveries: story.deliveries.map((delivery) => {
      const { code, detail, reference, note, state } = delivery
      const dueAt = state === 'due' ? iso(delivery.dueAt) : null
      const tried = delivery.tries.map((each) => ({ ...each, at: iso(each.at) }))
      return { ...deliverySummary(delivery), dueAt, code, detail, reference, note, tried }
    }),
  }
}

function base({ ring, acknowledged }: RingStory) {
  const { id, key, source, acceptedAt, notification } = ring
  const { kind, issueRef, title, link } = notification
  return {
    id,
    key,
    kind,
    issueRef,
    title,
    link,
    source,
    acceptedAt: iso(acceptedAt),
    acknowledged: acknowledged && { ...acknowledged, at: iso(acknowledged.at) },
  }
}

function deliverySummary({ id, channel, purpose, wave, state, isTrying, tries }: DeliveryStory) {
  const shown = isTrying ? ('trying' as const) : state
  return { id: deliveryId(id), channel, purpose, wave, state: shown, tries: tries.length }
}
