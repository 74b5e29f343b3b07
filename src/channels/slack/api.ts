/**
 * Slack's Web API over one connection pool: https://docs.slack.dev/apis/web-api
 *
 * Writes go as JSON with a charset, without which Slack warns; reads as a form. It repeats nothing.
 */
import type { Answer, Exchange } from '../exchange.ts'

export type SlackApi = {
  post(method: string, body: object, signal: AbortSignal): Promise<Answer>
  read(method: string, query: Query, signal: AbortSignal): Promise<Answer>
  close(): Promise<void>
}

type Query = Readonly<Record<string, string>>

/** `path`: where the methods are, with or without a slash at its end. */
export function slackApi(far: Exchange, at: { path: string; token: string }): SlackApi {
  const base = at.path.replace(/\/*$/, '')
  const ask = (method: string, signal: AbortSignal, content: { type: string; body: string }) =>
    far.request({
      method: 'POST',
      path: `${base}/${method}`,
      headers: { 'content-type': content.type, authorization: `Bearer ${at.token}` },
      body: content.body,
      signal,
      maxAnswerBytes,
    })
  return {
    post: (method, body, signal) => {
      const type = 'application/json; charset=utf-8'
      return ask(method, signal, { type, body: JSON.stringify(body) })
    },
    read: (method, query, signal) => {
      const type = 'application/x-www-form-urlencoded'
      return ask(method, signal, { type, body: new URLSearchParams(query).toString() })
    },
    close: () => far.close(),
  }
}

/** Two hundred messages with their blocks. */
const maxAnswerBytes = 8 * 1024 * 1024
