/** Moves what is due: when a node starts alone on its store, and when a channel is well again. */
import type { DatabaseSync } from 'node:sqlite'

export function dueStatements(db: DatabaseSync) {
  const voidLeases = db.prepare(
    `update delivery set leased_until = 0 where state = 'due' and leased_until is not null`,
  )
  const hasten = db.prepare(
    `update delivery set due_at = ?1 where channel = ?2 and state = 'due' and due_at > ?1`,
  )
  return {
    voidLeases(): void {
      voidLeases.run()
    },
    hasten(channel: string, now: number): void {
      hasten.run(now, channel)
    },
  }
}
