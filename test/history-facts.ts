/**
 * The facts of a written history: what the executor, the remote, the forge, CI, a person and the machine may do at a
 * step.
 *
 * Times are whole minutes since the issue was found. Commits are letters. A fact is a word (`agent: works`), or a
 * word that says something (`agent: { asks: Which? }`).
 */
import * as z from 'zod'

import { durationMs } from '../src/config/duration.ts'
import type { CheckState } from '../src/run/checks.ts'
import { minute } from './runs.ts'

export const Time = z.string().transform((text, { issues }) => {
  const ms = durationMs(text)
  if (ms !== null && ms % minute === 0) return ms / minute
  issues.push({ code: 'custom', input: text, message: 'must be whole minutes, as 12m or 2h' })
  return z.NEVER
})
export const Letter = z.string().regex(/^[A-Z]$/, 'must be the letter of a commit')
export const Text = z.string().min(1)
export const Count = z.int().min(0)
const yes = z.literal(true).exactOptional()

const isOneThing = (fact: object) => Object.keys(fact).length === 1

/** A word stands for itself. */
const fact = <S extends z.ZodType>(said: S) =>
  z.preprocess((value) => (typeof value === 'string' ? { [value]: true } : value), said)

const oneFact = <S extends z.ZodRawShape>(shape: S) =>
  fact(z.strictObject(shape).refine(isOneThing, 'must say one thing'))

export const Agent = oneFact({
  works: yes,
  /** From now on; its last sign of life was now. */
  silent: yes,
  /** The executor knows its turn no more. */
  lost: yes,
  finished: Text.exactOptional(),
  failed: Text.exactOptional(),
  asks: Text.exactOptional(),
  permission: Text.exactOptional(),
  limitedUntil: Time.exactOptional(),
  /** Whatever turn it is asked of, the executor shows this one; until the agent works. */
  showsTurn: z.int().min(1).exactOptional(),
  /** The executor takes no turn, and says why. */
  refuses: Text.exactOptional(),
  unreachable: yes,
  /** Reachable, and taking turns. */
  back: yes,
})

export const Remote = fact(
  z
    .strictObject({
      push: Letter.exactOptional(),
      /** To the run's own branch. */
      offer: Letter.exactOptional(),
      by: z.enum(['another run', 'the run before']).exactOptional(),
      /** Its message closes the issue. */
      closing: yes,
      forcedAway: Letter.exactOptional(),
      down: yes,
      back: yes,
    })
    .refine(
      ({ push, offer, forcedAway, down, back }) =>
        [push, offer, forcedAway, down, back].filter((each) => each !== undefined).length === 1,
      'must say one of push, offer, forcedAway, down and back',
    )
    .refine(
      ({ push, by, closing }) => push !== undefined || (by === undefined && closing === undefined),
      'by and closing are of a push',
    ),
)

/** The newest of the last run's, on the forge. */
export const Pull = oneFact({
  /** By a person, as this commit of the landing branch. */
  merged: Letter.exactOptional(),
  closed: yes,
  reopened: yes,
  /** Others changed on the landing branch what it changes. */
  conflicts: yes,
  /** The forge is to merge it once it may: it has not. */
  autoMergeEnabled: yes,
  /** Whenever it is asked to from now on. */
  mergesAs: Letter.exactOptional(),
  /** It is not merged, and the forge says why. */
  refuses: Text.exactOptional(),
  /** It is not opened, and the forge says why. */
  refusesToOpen: Text.exactOptional(),
  /** The forge does not know yet whether it may be merged. */
  unsure: yes,
  /** The forge; back, it refuses nothing, and is sure. */
  down: yes,
  back: yes,
})

const states = [
  ...(['queued', 'running', 'waiting', 'passed', 'skipped', 'neutral'] as const),
  ...(['failed', 'cancelled', 'timed-out', 'action-required'] as const),
] satisfies readonly CheckState[]

/** In one list, since a name may stand twice: the legs of a matrix. */
export const Checks = z.record(
  Letter,
  z.array(z.record(Text, z.enum(states)).refine(isOneThing, 'must be one check: `- test: passed`')),
)

export const Person = oneFact({
  closes: yes,
  reopens: yes,
  /** Takes the label of the loop off. */
  unlabels: yes,
  /** Puts the ready label in the place of the loop's. */
  relabels: yes,
  pauses: yes,
  resumes: yes,
  stops: yes,
  continues: yes,
  grants: z
    .strictObject({
      attempts: Count.default(0),
      minutes: Count.default(0),
      costUsd: Count.default(0),
    })
    .exactOptional(),
})

/** Nothing is looked at for so long, and no agent of this machine shows a sign of life while it sleeps. */
export const Machine = oneFact({ slept: Time.exactOptional(), nodeDown: Time.exactOptional() })
