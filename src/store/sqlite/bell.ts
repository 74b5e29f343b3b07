/** Counts how the bell has done. The newest rows are read off the end of their tables: no index is kept for this. */
import type { DatabaseSync } from 'node:sqlite'

import type { Bell, ChannelTries, Rung } from '../bell.ts'

export function bellReads(db: DatabaseSync): Bell {
  const open = db.prepare(
    `select count(*) as count, min(seq) as oldest from ring
     where acknowledged_at is null and kind <> 'done'`,
  )
  const acceptedAt = db.prepare(`select accepted_at as at from ring where seq = ?`)
  const rung = db.prepare(
    `select r.accepted_at as at, r.kind,
       (select min(d.first_tried_at) from delivery d where d.ring_seq = r.seq) - r.accepted_at as firstTryMs
     from (select seq, kind, accepted_at from ring order by seq desc limit ?2) r
     where r.accepted_at >= ?1 order by r.seq desc`,
  )
  const failed = db.prepare(
    `select d.channel, t.code, count(*) as count
     from (select delivery_id, at, outcome, code from try order by id desc limit ?2) t
     join delivery d on d.id = t.delivery_id
     where t.outcome <> 'accepted' and t.at >= ?1
     group by d.channel, t.code order by count desc, t.code`,
  )
  const newestTry = db.prepare(`select coalesce(max(id), 0) as id from try`)
  const taken = db.prepare(
    `select t.at from try t join delivery d on d.id = t.delivery_id
     where t.id > ?2 and t.outcome = 'accepted' and d.channel = ?1 order by t.id desc limit 1`,
  )

  return {
    async openRings() {
      const { count, oldest } = open.get() as { count: number; oldest: number | null }
      const row = oldest === null ? undefined : (acceptedAt.get(oldest) as { at: number })
      return { count, oldestAt: row?.at ?? null }
    },
    async rungSince({ since, limit }) {
      return (rung.all(since, limit) as Rung[]).map((each) => ({ ...each }))
    },
    async triesSince({ since, limit, channels }) {
      const rows = failed.all(since, limit) as Array<Failed & { channel: string }>
      const { id } = newestTry.get() as { id: number }
      return channels.map((channel): ChannelTries => {
        const last = taken.get(channel, id - limit) as { at: number } | undefined
        const mine = rows.filter((row) => row.channel === channel)
        const failures = mine.map(({ code, count }) => ({ code: code ?? 'unknown', count }))
        return { channel, lastAcceptedAt: last?.at ?? null, failures }
      })
    },
  }
}

type Failed = { readonly code: string | null; readonly count: number }
