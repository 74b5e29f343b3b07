/** What somebody has of their hour, as the headers and `GET /rate_limit` tell it. `reset`: epoch seconds. */
export type Standing = {
  readonly limit: number
  readonly used: number
  readonly remaining: number
  readonly reset: number
}
