/** What the node of `github-child.ts` is asked by the bench, and what it says. Types only. */
import type { githubView } from '../src/server/github-view.ts'

/** What each question comes with. */
export type Asked = {
  readonly begin: Begin
  /** The newest commit on the landing branch of a repository, by its run. */
  readonly push: { readonly name: string; readonly commit: string }
  readonly hasAgent: null
  readonly stats: null
  readonly stop: null
}

export type Answered = {
  /** Where webhooks are taken. */
  readonly begin: string
  readonly push: null
  readonly hasAgent: boolean
  readonly stats: Stats
  readonly stop: null
}

export type Begin = {
  /** Its address. */
  readonly github: string
  readonly token: string
  readonly secret: string
  /** Of the repositories. */
  readonly names: readonly string[]
  /** A run is at each of them. */
  readonly atWork: boolean
  /** Checks, as configured; null: as the branch's rules say. */
  readonly required: readonly string[] | null
}

export type Stats = {
  readonly github: ReturnType<typeof githubView>
  /** Of a processor's seconds since it was last asked, by the whole process. */
  readonly worstMs: number
  readonly meanMs: number
  /** Points that were sent in the worst minute since it began. */
  readonly worstMinute: number
}

export type Question<K extends keyof Asked> = {
  readonly id: number
  readonly ask: K
  readonly about: Asked[K]
}

export type Said =
  | { readonly type: 'answer'; readonly id: number; readonly is: Answered[keyof Answered] }
  /** The run of a repository. */
  | { readonly type: 'ended'; readonly name: string; readonly at: number }
