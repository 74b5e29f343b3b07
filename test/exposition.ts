/** What a node exports for Prometheus, as a parser that is not ours reads it. */
import parse from 'parse-prometheus-text-format'
import * as z from 'zod'

const Labels = z.record(z.string(), z.string()).default({})

const Family = z.object({
  name: z.string(),
  help: z.string(),
  type: z.enum(['GAUGE', 'COUNTER', 'HISTOGRAM']),
  metrics: z.array(
    z.union([
      z.object({ labels: Labels, value: z.coerce.number() }),
      z.object({
        labels: Labels,
        buckets: z.record(z.string(), z.coerce.number()),
        count: z.coerce.number(),
        sum: z.coerce.number(),
      }),
    ]),
  ),
})

export function exposition(text: string) {
  const families = z.array(Family).parse(parse(text))
  const family = (name: string) => {
    const found = families.find((each) => each.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }

  return {
    names: families.map(({ name }) => name),
    family,
    /** Of a gauge or counter; undefined: there is no such series. */
    value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
      const found = family(name).metrics.find((each) => isSame(each.labels, labels))
      return found !== undefined && 'value' in found ? found.value : undefined
    },
    /** Every series of a gauge or counter that is not 0, by the values of its labels. */
    counted(name: string): Readonly<Record<string, number>> {
      const series = family(name).metrics.flatMap((each) => {
        const key = Object.values(each.labels).join(' ')
        return 'value' in each && each.value !== 0 ? [[key, each.value] as const] : []
      })
      return Object.fromEntries(series)
    },
    histogram(name: string) {
      const [found] = family(name).metrics
      if (found === undefined || !('buckets' in found)) throw new Error(`${name} is no histogram`)
      return found
    },
  }
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
