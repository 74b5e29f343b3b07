/** What was said and done in a thread, as far as it matters here: its messages and activities, oldest first. */
import { type Fields, object, text } from '../fields.ts'

export type Message = {
  readonly id: string
  readonly role: string
  readonly text: string
  /** Empty: of no turn, as a person's is. */
  readonly turnId: string
  readonly createdAt: string
}

export type Activity = {
  readonly kind: string
  readonly turnId: string
  readonly createdAt: string
  readonly requestId: string
  readonly detail: string
  readonly payload: Fields
}

export type Transcript = {
  readonly messages: readonly Message[]
  readonly activities: readonly Activity[]
}

export function transcriptIn(thread: unknown): Transcript {
  return { messages: messagesIn(thread), activities: activitiesIn(thread) }
}

export function messagesIn(thread: unknown): readonly Message[] {
  return listIn(thread, 'messages').map((message) => ({
    id: text(message['id']),
    role: text(message['role']),
    text: text(message['text']),
    turnId: text(message['turnId']),
    createdAt: text(message['createdAt']),
  }))
}

export function activitiesIn(thread: unknown): readonly Activity[] {
  return listIn(thread, 'activities').map((activity) => {
    const payload = object(activity['payload'])
    return {
      kind: text(activity['kind']),
      turnId: text(activity['turnId']),
      createdAt: text(activity['createdAt']),
      requestId: text(payload['requestId']),
      detail: text(payload['detail']) || text(payload['message']),
      payload,
    }
  })
}

function listIn(thread: unknown, name: string): readonly Fields[] {
  const found = object(thread)[name]
  return Array.isArray(found) ? found.map(object) : []
}
