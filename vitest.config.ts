import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

// Tests read the workspaces' sources; programs that tests start as processes are the compiled ones (npm test builds
// first). Neither 'import' nor 'module' may stand here: the test's process gets these names too, and a require() in a
// package would then find ES modules.
const conditions = ['tickfolio-source', 'node'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
};
const built = ['**/node_modules/**', '**/dist/**'];
// Long loops have commands of their own: `make soak` and `make kills`.
const loops = '**/*.loop.test.ts';
/** Those that fill both cores or look at the memory by themselves. */
const lone = ['e2e/loops/{slow-readers,start}', 'web/tests/{builds,places}'].map((file) => `${file}.loop.test.ts`);
const soak = '**/*.soak.test.ts';
// On whole runs as users start them; what such a file started ends with its process.
const journeys = 'e2e/journeys/*.test.ts';
const exclude = [...built, loops, soak];
/** Of polls that name no time of their own; no promise, a busy machine takes longer than vitest's one second. */
const patience = { expect: { poll: { timeout: 60_000 } } };
const patient = { ...patience, testTimeout: 180_000, hookTimeout: 120_000 };

/** Closes the output with one line that counts, for people and for machines. */
const summary: Reporter = {
  onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) for (const test of module.children.allTests()) count[test.result().state]++;
    const skipped = count.skipped ? `, ${count.skipped} skipped` : '';
    process.stdout.write(`\n${count.passed} passed, ${count.failed + count.pending} failed${skipped}\n`);
  },
};

export default defineConfig({
  test: {
    reporters: ['default', summary],
    globalSetup: './vitest.temporary.ts',
    // Most of the time tests wait for processes and sockets, so twice as many workers as the smallest machine has
    // cores.
    maxWorkers: 4,
    projects: [
      // Files share what was read of the project.
      {
        ...shared,
        test: { name: 'tidy', isolate: false, include: ['tidy/**/*.test.ts'], exclude, testTimeout: 30_000 },
      },
      {
        ...shared,
        // No module keeps state, so files share their process's modules instead of loading them anew.
        test: {
          name: 'rooms',
          isolate: false,
          include: ['{api,lib,clients,bff,web,services,standalone,e2e}/**/*.test.ts'],
          exclude: [...exclude, journeys],
          ...patience,
          // With the full figures of `make long` a model's test may take its time.
          testTimeout: process.env.SEEDS ? 900_000 : 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        // Each starts whole runs: with more at once a call of a page would be given up for want of a core.
        test: {
          ...{ name: 'journeys', include: [journeys], exclude, maxWorkers: 2 },
          ...{ sequence: { groupOrder: 3 }, ...patient },
        },
      },
      // Not a test: the README's pictures and film, by `npm run pictures`.
      {
        ...shared,
        test: {
          name: 'pictures',
          include: ['e2e/pictures/{film,icons,pictures}.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
        },
      },
      {
        ...shared,
        test: {
          ...{ name: 'loops', include: [loops], exclude: [...built, ...lone], maxWorkers: 3 },
          ...{ sequence: { groupOrder: 1 }, ...patient },
        },
      },
      {
        ...shared,
        test: {
          ...{ name: 'loops-alone', include: lone, exclude: built, fileParallelism: false, maxWorkers: 1 },
          ...{ sequence: { groupOrder: 2 }, ...patient },
        },
      },
      { ...shared, test: { name: 'soak', include: [soak], exclude: built, fileParallelism: false, ...patient } },
    ],
  },
});
