/** What is answered to whoever asks for a turn, where it is not with the agent. Pure. */
export const refused = (detail: string) => ({ type: 'refused', detail }) as const
export const unreachable = (detail: string) => ({ type: 'unreachable', detail }) as const

/** As T3 Code wants its times: it compares them as texts. */
export const isoOf = (instant: number): string => new Date(instant).toISOString()
