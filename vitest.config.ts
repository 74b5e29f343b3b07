import { defineConfig } from 'vitest/config'

/** Where to leave the results as JSON, for whoever counts them. */
const results = process.env['AFK_TEST_RESULTS']

/** `fast` needs nothing but npm; `real` needs servers or minutes, `page` a Chromium; both skip by name what is missing. */
export default defineConfig({
  test: {
    // Most of a test here is waiting: for a disk, a process, a server.
    maxWorkers: 4,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    projects: [
      {
        test: {
          name: 'fast',
          globalSetup: ['test/build.ts'],
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/real/**', 'test/page/**'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          globalSetup: ['test/build.ts'],
          include: ['test/real/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'page',
          globalSetup: ['test/build.ts'],
          include: ['test/page/**/*.test.ts'],
          exclude: ['test/page/{appears,budget}.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // What is measured is measured by itself, after all others.
          name: 'measured',
          globalSetup: ['test/build.ts'],
          include: ['test/page/{appears,budget}.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
