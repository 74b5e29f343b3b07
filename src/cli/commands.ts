/** Every command, each loaded only when it is asked for. */
import type { Command } from './command.ts'

type Entry = { readonly summary: string; readonly load: () => Promise<Command> }

export const commands: Readonly<Record<string, Entry>> = {
  init: {
    summary: 'set up: four questions, a configuration, and a first drill',
    load: async () => (await import('./node-commands.ts')).init,
  },
  up: {
    summary: 'run the node: server, courier, and the loop if it is armed',
    load: async () => (await import('./node-commands.ts')).up,
  },
  ring: {
    summary: 'ring the bell: a run has ended',
    load: async () => (await import('./ring.ts')).ring,
  },
  rings: {
    summary: 'list what rang, newest first',
    load: async () => (await import('./rings.ts')).rings,
  },
  show: {
    summary: 'tell one ring’s story: its deliveries and every try',
    load: async () => (await import('./show.ts')).show,
  },
  ack: {
    summary: 'acknowledge: you heard it',
    load: async () => (await import('./ack.ts')).ack,
  },
  resend: {
    summary: 'send a ring again, or all that are dead',
    load: async () => (await import('./resend.ts')).resend,
  },
  status: {
    summary: 'armed or not and what is missing, channels, what waits',
    load: async () => (await import('./status.ts')).status,
  },
  doctor: {
    summary: 'try each configured thing for real, and say what to mend',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  drill: {
    summary: 'one marked drill through the real path to every channel',
    load: async () => (await import('./drill.ts')).drill,
  },
  backup: {
    summary: 'a consistent copy of the store, also while the node runs',
    load: async () => (await import('./node-commands.ts')).backup,
  },
  'config check': {
    summary: 'check a configuration, with line numbers',
    load: async () => (await import('./node-commands.ts')).configCheck,
  },
  'config schema': {
    summary: 'print the configuration’s JSON Schema',
    load: async () => (await import('./node-commands.ts')).configSchema,
  },
}
