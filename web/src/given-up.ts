/** Which deliveries of a ring are given up still: what was sent again since is no longer dead. Pure. */
type Standing = {
  readonly channel: string
  readonly purpose: string
  readonly state: string
  readonly wave: number
}

/** A later report, of another channel's death, is no second try. */
export function isDeadNow({ channel, state, wave }: Standing, all: readonly Standing[]): boolean {
  const isLast = !all.some(
    (other) => other.channel === channel && other.wave > wave && other.purpose !== 'report',
  )
  return state === 'dead' && isLast
}

export function deadChannels(all: readonly Standing[]): readonly string[] {
  return [...new Set(all.filter((each) => isDeadNow(each, all)).map(({ channel }) => channel))]
}
