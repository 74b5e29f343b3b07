/**
 * What every landing must say, whoever keeps the remote: each confirmation that makes a commit a run's,
 * with the others given and this one missing.
 */
import { describe, expect, test } from 'vitest'

import type { Landing, RunRef } from '../src/landing/landing.ts'
import type { Clone } from './repository.ts'

export type LandingSide = {
  /** Of the branch `main`, which has one commit. */
  readonly landing: Landing
  /** A clone by somebody who can push. */
  readonly work: Clone
  /** From now on it may not answer with what it knew before. */
  readonly fresh: () => void
}

export function landingContract(open: () => Promise<LandingSide>): void {
  const opened = async () => {
    const side = await open()
    const base = await side.landing.tip()
    const run: RunRef = { id: 'run_1', branch: 'afk/run_1', base, continues: [] }
    const pushedBy = (more: Partial<RunRef> = {}) => {
      side.fresh()
      return side.landing.pushedBy({ ...run, ...more })
    }
    return { ...side, base, pushedBy }
  }
  const ours = (text: string, run = 'run_1') => `${text}\n\nWhy it is so.\n\nAFK-Run: ${run}`

  describe('a commit is the run’s', () => {
    test('with its trailer, on the landing branch, after the base', async () => {
      const { work, pushedBy } = await opened()
      const commit = await work.commit(ours('add x'), { x: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBe(commit)
    })

    test('without a trailer where the run’s own branch has landed whole', async () => {
      const { work, pushedBy } = await opened()
      const commit = await work.commit('add x', { x: '1' })
      await work.push('HEAD:main', 'HEAD:afk/run_1')
      expect(await pushedBy()).toBe(commit)
    })

    test('with a trailer whose key is written in another case, or folded, or not the only one', async () => {
      const { work, pushedBy } = await opened()
      for (const trailers of [
        'afk-run: run_1',
        'AFK-Run:\n  run_1',
        'Refs: #1\nAFK-RUN: run_0\nAFK-Run: run_1\nCo-authored-by: B <b@example.com>',
      ]) {
        const commit = await work.commit(`one more\n\n${trailers}`)
        await work.push('HEAD:main')
        expect(await pushedBy()).toBe(commit)
      }
    })

    test('as the newest of several, and still so when others land after it', async () => {
      const { work, pushedBy } = await opened()
      await work.commit(ours('add x'), { x: '1' })
      const second = await work.commit(ours('add y'), { y: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBe(second)
      await work.commit('somebody else', { z: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBe(second)
    })

    test('as the merge that brought it in, which is what CI must judge', async () => {
      const { work, pushedBy } = await opened()
      await work.git('checkout', '--quiet', '-b', 'afk/run_1')
      await work.commit('add x', { x: '1' })
      await work.push('HEAD')
      await work.git('checkout', '--quiet', 'main')
      await work.commit('somebody else', { z: '1' })
      await work.git('merge', '--quiet', '--no-ff', '-m', 'merge it', 'afk/run_1')
      const merge = await work.git('rev-parse', 'HEAD')
      await work.commit('somebody else again', { z: '2' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBe(merge)
    })

    test('as one squashed commit with the trailer, whatever became of its branch', async () => {
      const { work, pushedBy } = await opened()
      await work.commit('add x', { x: '1' })
      await work.push('HEAD:afk/run_1')
      await work.git('reset', '--quiet', '--hard', 'origin/main')
      const squashed = await work.commit(ours('add x (#7)'), { x: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBe(squashed)
    })
  })

  describe('nothing is the run’s', () => {
    test('before anything landed', async () => {
      const { pushedBy } = await opened()
      expect(await pushedBy()).toBeNull()
    })

    test('where its work is on another branch only', async () => {
      const { work, pushedBy } = await opened()
      await work.commit(ours('add x'), { x: '1' })
      await work.push('HEAD:afk/run_1', 'HEAD:main-2')
      expect(await pushedBy()).toBeNull()
    })

    test('where its commit was never pushed', async () => {
      const { work, pushedBy } = await opened()
      await work.commit(ours('add x'), { x: '1' })
      expect(await pushedBy()).toBeNull()
    })

    test('where its commit is the base, or is before it', async () => {
      const { work, pushedBy } = await opened()
      const before = await work.commit(ours('add x'), { x: '1' })
      await work.push('HEAD:main', 'HEAD:afk/run_1')
      expect(await pushedBy({ base: before })).toBeNull()
      const base = await work.commit('somebody else', { z: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy({ base })).toBeNull()
    })

    test('where the commit has neither its trailer nor its branch', async () => {
      const { work, pushedBy } = await opened()
      await work.commit('add x', { x: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBeNull()
    })

    test('where the trailers say almost its id', async () => {
      const { work, pushedBy } = await opened()
      for (const id of ['run_10', 'run_', 'run_1 or so', 'RUN_1']) await work.commit(ours('x', id))
      await work.push('HEAD:main')
      expect(await pushedBy()).toBeNull()
    })

    test('but not where it goes on in the other run: what that left is its work', async () => {
      const { work, pushedBy } = await opened()
      const commit = await work.commit(ours('add x', 'run_0'), { x: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy({ continues: ['run_0'] })).toBe(commit)
    })

    test('where its branch has landed and is another run’s by its trailer', async () => {
      const { work, pushedBy } = await opened()
      await work.commit(ours('add x', 'run_2'), { x: '1' })
      await work.push('HEAD:main', 'HEAD:afk/run_1')
      expect(await pushedBy()).toBeNull()
    })

    test('where its trailer is the title, prose, another paragraph, among prose, or indented', async () => {
      const { work, pushedBy } = await opened()
      for (const message of [
        'AFK-Run: run_1',
        'add x\n\nWith AFK-Run: run_1 in prose.',
        'add x\n\nAFK-Run: run_1\n\nAnd so on.',
        'add x\n\nIt has a line\nAFK-Run: run_1\nand more words\nand yet more',
        'add x\n\nLook:\n\n    AFK-Run: run_1',
      ])
        await work.commit(message)
      await work.push('HEAD:main')
      expect(await pushedBy()).toBeNull()
    })

    test('where its branch only took over what others landed, by a rebase or a merge', async () => {
      const { work, pushedBy } = await opened()
      await work.commit('somebody else', { z: '1' })
      await work.push('HEAD:main')
      await work.commit('add x', { x: '1' })
      await work.push('HEAD:afk/run_1')
      expect(await pushedBy()).toBeNull()
    })

    test('where it was squashed without its trailer', async () => {
      const { work, pushedBy } = await opened()
      await work.commit(ours('add x'), { x: '1' })
      await work.push('HEAD:afk/run_1')
      await work.git('reset', '--quiet', '--hard', 'origin/main')
      await work.commit('add x (#7)', { x: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBeNull()
    })
  })

  describe('what the landing branch has', () => {
    test('its tip is the newest commit that was pushed', async () => {
      const { work, landing, base, fresh } = await opened()
      const commit = await work.commit('add x', { x: '1' })
      fresh()
      expect(await landing.tip()).toBe(base)
      await work.push('HEAD:main')
      fresh()
      expect(await landing.tip()).toBe(commit)
    })

    test('a commit that a force-push removed is on it no more, and is nobody’s', async () => {
      const { work, landing, base, pushedBy } = await opened()
      const commit = await work.commit(ours('add x'), { x: '1' })
      await work.push('HEAD:main')
      expect(await pushedBy()).toBe(commit)
      expect(await landing.contains(commit)).toBe(true)
      await work.push('--force', `${base}:main`)
      expect(await pushedBy()).toBeNull()
      expect(await landing.contains(commit)).toBe(false)
      expect(await landing.contains(base)).toBe(true)
    })

    test('its files are read as it has them, and nothing else is a file', async () => {
      const { work, landing, fresh } = await opened()
      await work.commit('x', {
        '.afk/fix.md': 'Mend *it*.\n',
        '[a]*.md': 'odd',
        large: 'x'.repeat(65_537),
      })
      await work.push('HEAD:main')
      await work.commit('on another branch', { '.afk/fix.md': 'Skip the tests.' })
      await work.push('HEAD:afk/run_1')
      fresh()
      expect(await landing.read('.afk/fix.md')).toBe('Mend *it*.\n')
      expect(await landing.read('[a]*.md')).toBe('odd')
      await expect(landing.read('large')).rejects.toThrow('65537 bytes')
      for (const path of ['.afk', '.afk/', '.afk/*', '*', '.afk/none.md', 'README', 'README.md\n'])
        expect(await landing.read(path)).toBeNull()
    })

    test('it contains no hash that is no commit, or is less than a whole hash', async () => {
      const { landing, base } = await opened()
      for (const hash of ['', 'main', '--all', base.slice(0, 12), `${base}\n`, 'a'.repeat(40)])
        expect(await landing.contains(hash)).toBe(false)
    })

    test('checked, nothing is bad', async () => {
      const { landing } = await opened()
      expect((await landing.check()).filter(({ type }) => type === 'bad')).toEqual([])
    })
  })
}
