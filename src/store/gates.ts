/** What the node remembers of its channels, so that a restart neither forgets a refused credential nor tries it again. */
import type { Gate } from '../doorbell/gate.ts'

export type StoredGate = {
  readonly gate: Gate
  /** A digest of the channel's configuration: another one is another credential. */
  readonly credential: string
}

export type Gates = {
  /** Undefined: this channel was never seen. */
  gate(channel: string): Promise<StoredGate | undefined>

  setGate(channel: string, stored: StoredGate): Promise<void>
}
