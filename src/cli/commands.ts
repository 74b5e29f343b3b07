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
    summary: 'tell the story of a ring or a run',
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
  runs: {
    summary: 'list the runs under way',
    load: async () => (await import('./runs.ts')).runs,
  },
  start: {
    summary: 'start a run on an issue now',
    load: async () => (await import('./start.ts')).start,
  },
  continue: {
    summary: 'go on in the place and thread of the issue’s last run',
    load: async () => (await import('./continue.ts')).goOn,
  },
  adopt: {
    summary: 'watch a conversation that a person began, to the same end and ring',
    load: async () => (await import('./adopt.ts')).adopt,
  },
  stop: {
    summary: 'end runs as withdrawn, and their agents with them',
    load: async () => (await import('./stop.ts')).stop,
  },
  clean: {
    summary: 'list the worktrees that were kept, or remove those of ended runs',
    load: async () => (await import('./clean.ts')).clean,
  },
  pause: {
    summary: 'hold new dispatches and turns back, of all or of one repository',
    load: async () => (await import('./pause.ts')).pause,
  },
  resume: {
    summary: 'end the pause of all, or of one repository',
    load: async () => (await import('./resume.ts')).resume,
  },
  grant: {
    summary: 'give an issue more of its budget',
    load: async () => (await import('./grant.ts')).grant,
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
  demo: {
    summary: 'the whole loop on a throw-away git repository, with a scripted agent',
    load: async () => (await import('./node-commands.ts')).demo,
  },
  audit: {
    summary: 'prove that every promise of the loop holds',
    load: async () => (await import('./node-commands.ts')).audit,
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
