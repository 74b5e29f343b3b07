/** The store's values as the API's JSON. Pure. */
import type { z } from 'zod'

import { deliveryId } from '../delivery/tell.ts'
import { cut } from '../doorbell/cut.ts'
import { type Issue, type Notification, threadLine } from '../doorbell/notification.ts'
import { oneLine, plain } from '../doorbell/text.ts'
import type { Acknowledgement, DeliveryStory, Owed, RingStory } from '../store/rings.ts'
import { deliveryWords, tryWords } from './delivery-words.ts'
import type { Accepted, RingSummary, RingView } from './schemas.ts'

export const iso = (at: number) => new Date(at).toISOString()

export function owedView(owed: readonly Owed[]): z.infer<typeof Accepted>['deliveries'] {
  return owed.map(({ id, channel }) => ({ id: deliveryId(id), channel }))
}

export function ringSummary(story: RingStory): z.infer<typeof RingSummary> {
  return { ...base(story), deliveries: story.deliveries.map(deliverySummary) }
}

export function ringView(story: RingStory): z.infer<typeof RingView> {
  const { threadId, notification } = story.ring
  const { body, priority, tags } = notification
  return {
    ...base(story),
    threadId,
    body,
    priority,
    tags: [...tags],
    deliveries: story.deliveries.map((delivery) => {
      const { code, detail, reference, note, state } = delivery
      const dueAt = state === 'due' ? iso(delivery.dueAt) : null
      const tried = delivery.tries.map((each) => {
        return { ...each, at: iso(each.at), says: tryWords(each) }
      })
      return { ...deliverySummary(delivery), dueAt, code, detail, reference, note, tried }
    }),
  }
}

function base({ ring, acknowledged }: RingStory) {
  const { id, key, source, acceptedAt, issue, notification } = ring
  const { kind, issueRef, title, link } = notification
  return {
    id,
    key,
    kind,
    issueRef,
    issue: { ...issue, number: issue.number, ...titleOf(issue) },
    title,
    excerpt: excerptOf(notification),
    link,
    source,
    run: key.startsWith(runKey) ? key.slice(runKey.length) : null,
    acceptedAt: iso(acceptedAt),
    acknowledged: acknowledged && acknowledgedView(acknowledged),
  }
}

/** A person’s words, and yet no more than words. */
export function acknowledgedView({ at, by, note }: Acknowledgement) {
  return { at: iso(at), by: oneLine(by), note: note === null ? null : plain(note) }
}

function titleOf({ title }: Issue) {
  return title === undefined ? {} : { title: oneLine(title) }
}

/** The loop's own: nobody else's key may begin so. */
const runKey = 'run:'
const excerptBytes = 600

function excerptOf({ body, link }: Notification): string {
  const below = link === null ? '' : threadLine(link)
  return cut(body.endsWith(below) ? body.slice(0, body.length - below.length) : body, excerptBytes)
}

function deliverySummary(delivery: DeliveryStory) {
  const { id, channel, purpose, wave, state, isTrying, tries } = delivery
  return {
    id: deliveryId(id),
    channel,
    purpose,
    wave,
    state: isTrying ? ('trying' as const) : state,
    tries: tries.length,
    says: deliveryWords(delivery),
  }
}
