/** What all pull requests must say, whoever keeps them: what they came to counts, and never what was asked for. */
import { describe, expect, test } from 'vitest'

import { LandingError } from '../src/landing/landing-error.ts'
import type { Pulls } from '../src/landing/pulls.ts'

export type PullsSide = {
  /** Of a repository whose landing branch has a commit; no other branch is there yet. */
  readonly pulls: Pulls
  /** A commit on a branch, as an agent pushes it. Its hash. */
  push(branch: string): string
  /** What a person does with the newest of a branch. */
  mergeByHand(branch: string): string
  close(branch: string): void
  reopen(branch: string): void
  /** Others change on the landing branch what it changes. */
  conflict(branch: string): void
  /** From now on it will not, and says so. */
  refuse(what: 'open' | 'merge'): void
  /** From now on it cannot be asked. */
  away(): void
  /** From now on it may not answer with what it knew before. */
  fresh(): void
}

const branch = 'afk/42-0b1c099a'
const offer = { branch, title: '#42 Mend it', body: 'Refs #42\n\nAFK-Run: run_1' }

export function pullsContract(open: () => Promise<PullsSide> | PullsSide): void {
  const offered = async () => {
    const side = await open()
    const head = side.push(branch)
    const opened = await side.pulls.open(offer)
    if (opened.is !== 'open') throw new Error(`it is ${opened.is}`)
    side.fresh()
    return { ...side, head, request: opened.request, opened }
  }

  describe('a branch', () => {
    test('that was not pushed has none, and nothing to offer', async () => {
      const { pulls } = await open()
      expect(await pulls.of(branch)).toBeNull()
      expect(await pulls.open(offer)).toEqual({ is: 'nothing' })
      expect(await pulls.of(branch)).toBeNull()
    })

    test('that was pushed has none until it is opened; then it is open at its head', async () => {
      const side = await open()
      const head = side.push(branch)
      expect(await side.pulls.of(branch)).toBeNull()
      const opened = await side.pulls.open(offer)
      expect(opened).toMatchObject({ is: 'open', head })
      expect(await side.pulls.of(branch)).toEqual(opened)
    })

    test('is offered once: asked again, it is the same', async () => {
      const { pulls, opened } = await offered()
      expect(await pulls.open({ ...offer, title: 'another' })).toEqual(opened)
    })

    test('that is pushed to again offers its new head', async () => {
      const { pulls, push, fresh, request } = await offered()
      const head = push(branch)
      fresh()
      expect(await pulls.of(branch)).toEqual({ is: 'open', request, head })
      expect(await pulls.open(offer)).toEqual({ is: 'open', request, head })
    })

    test('is another where its name only begins like it, or ends so', async () => {
      const { pulls, push } = await offered()
      for (const other of [`${branch}1`, branch.slice(0, -1), branch.slice(4), 'afk/42']) {
        if (other !== 'afk/42') push(other)
        expect(await pulls.of(other)).toBeNull()
      }
    })
  })

  describe('merged by a person,', () => {
    test('it is what the landing branch got by it, and is not offered again', async () => {
      const { pulls, mergeByHand, fresh, request, head } = await offered()
      const commit = mergeByHand(branch)
      fresh()
      expect(commit).not.toBe(head)
      expect(await pulls.of(branch)).toEqual({ is: 'merged', request, head, commit })
      expect(await pulls.open(offer)).toEqual({ is: 'nothing' })
      expect(await pulls.merge(request, head)).toEqual({ is: 'merged' })
    })

    test('what its branch gets afterwards is offered by another, which is the newest', async () => {
      const { pulls, mergeByHand, push, fresh, request } = await offered()
      mergeByHand(branch)
      const head = push(branch)
      const again = await pulls.open(offer)
      expect(again).toMatchObject({ is: 'open', head })
      fresh()
      const found = await pulls.of(branch)
      expect(found).toEqual(again)
      expect(found!.request.number).toBeGreaterThan(request.number)
    })
  })

  describe('of many branches', () => {
    test('only what may be merged is named, and what was merged until it is asked of', async () => {
      const { pulls, push, mergeByHand, close, fresh } = await offered()
      const [other, third] = ['afk/43-0b1c099a', 'afk/44-0b1c099a']
      for (const each of [other, third]) {
        push(each)
        await pulls.open({ ...offer, branch: each })
      }
      for (const each of [branch, other, third]) await pulls.of(each)
      close(third)
      expect(await pulls.mayBeMerged([branch, other, third])).toEqual([])
      mergeByHand(other)
      fresh()
      for (let look = 0; look < 2; look++)
        expect(await pulls.mayBeMerged([branch, other, third])).toEqual([other])
      expect(await pulls.mayBeMerged([branch, third])).toEqual([])
      expect(await pulls.of(other)).toMatchObject({ is: 'merged' })
    })
  })

  describe('closed without a merge,', () => {
    test('it is closed, is not offered again, and is not merged', async () => {
      const { pulls, close, fresh, request, head } = await offered()
      close(branch)
      fresh()
      expect(await pulls.of(branch)).toEqual({ is: 'closed', request, head })
      expect(await pulls.open(offer)).toEqual({ is: 'nothing' })
      expect(await pulls.merge(request, head)).toEqual({ is: 'not-yet' })
    })

    test('what its branch gets afterwards is offered by another', async () => {
      const { pulls, close, push, fresh } = await offered()
      close(branch)
      const head = push(branch)
      expect(await pulls.open(offer)).toMatchObject({ is: 'open', head })
      fresh()
      expect(await pulls.of(branch)).toMatchObject({ is: 'open', head })
    })

    test('and opened again, it is open', async () => {
      const { pulls, close, reopen, fresh, opened } = await offered()
      close(branch)
      reopen(branch)
      fresh()
      expect(await pulls.of(branch)).toEqual(opened)
    })
  })

  describe('a conflict', () => {
    test('is told of the head that has it, while the pull request is open', async () => {
      const { pulls, conflict, push, close, fresh, request, head } = await offered()
      expect(await pulls.conflicts(request, head)).toBe(false)
      conflict(branch)
      fresh()
      expect(await pulls.conflicts(request, head)).toBe(true)
      expect(await pulls.conflicts(request, 'f'.repeat(40))).toBe(false)
      const moved = push(branch)
      conflict(branch)
      expect(await pulls.conflicts(request, moved)).toBe(true)
      close(branch)
      fresh()
      expect(await pulls.conflicts(request, moved)).toBe(false)
    })
  })

  describe('a merge', () => {
    test('is of the head that was judged; asked again, it says the same', async () => {
      const { pulls, fresh, request, head } = await offered()
      expect(await pulls.merge(request, head)).toEqual({ is: 'merged' })
      const merged = await pulls.of(branch, Infinity)
      expect(merged).toMatchObject({ is: 'merged', request, head })
      expect(await pulls.merge(request, head)).toEqual({ is: 'merged' })
      fresh()
      expect(await pulls.merge(request, head)).toEqual({ is: 'merged' })
      expect(await pulls.of(branch)).toEqual(merged)
    })

    test('at a head that has moved merges nothing', async () => {
      const { pulls, push, fresh, request, head } = await offered()
      const moved = push(branch)
      expect(await pulls.merge(request, head)).toEqual({ is: 'not-yet' })
      fresh()
      expect(await pulls.of(branch)).toEqual({ is: 'open', request, head: moved })
      expect(await pulls.merge(request, moved)).toEqual({ is: 'merged' })
    })
  })

  describe('a forge', () => {
    test.each(['open', 'merge'] as const)('that will not %s says why', async (what) => {
      const side = what === 'open' ? await open() : await offered()
      side.push(branch)
      side.refuse(what)
      side.fresh()
      const pull = await side.pulls.of(branch)
      const said =
        what === 'open'
          ? await side.pulls.open(offer)
          : await side.pulls.merge(pull!.request, pull!.head)
      expect(said).toEqual({ is: 'refused', why: expect.stringMatching(/\w{3}/) })
      side.fresh()
      expect(await side.pulls.of(branch)).toEqual(pull)
    })

    test('that cannot be asked throws, and says nothing', async () => {
      const { pulls, away, fresh, request, head } = await offered()
      away()
      fresh()
      await expect(pulls.of(branch)).rejects.toThrow(LandingError)
      await expect(pulls.mayBeMerged([branch])).rejects.toThrow(LandingError)
      await expect(pulls.conflicts(request, head)).rejects.toThrow(LandingError)
      await expect(pulls.open(offer)).rejects.toThrow(LandingError)
      await expect(pulls.merge(request, head)).rejects.toThrow(LandingError)
    })

    test('that is well has nothing bad', async () => {
      const { pulls } = await open()
      expect((await pulls.check()).filter(({ type }) => type === 'bad')).toEqual([])
    })
  })
}
