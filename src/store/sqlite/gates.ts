/** Keeps each channel's gate beside the credential it was closed over. */
import type { DatabaseSync } from 'node:sqlite'

import type { Gate } from '../../doorbell/gate.ts'
import type { StoredGate } from '../gates.ts'

type Row = { gate: string; credential: string }

export function gateStatements(db: DatabaseSync) {
  const select = db.prepare(`select gate, credential from gate where channel = ?`)
  const replace = db.prepare(
    `insert or replace into gate (channel, gate, credential) values (?, ?, ?)`,
  )
  const move = db.prepare(`update gate set gate = ? where channel = ?`)
  return {
    get(channel: string): StoredGate | undefined {
      const row = select.get(channel) as Row | undefined
      return row && { gate: JSON.parse(row.gate) as Gate, credential: row.credential }
    },
    set(channel: string, { gate, credential }: StoredGate): void {
      replace.run(channel, JSON.stringify(gate), credential)
    },
    move({ channel, gate }: { channel: string; gate: Gate }): void {
      move.run(JSON.stringify(gate), channel)
    },
  }
}
