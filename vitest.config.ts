import { defineConfig } from 'vitest/config';

// Tests read the workspaces' sources; programs that tests start as processes are the compiled ones (npm test builds first).
const conditions = ['tickfolio-source', 'node', 'import', 'module', 'default'];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'module', 'default'] } },
};
const exclude = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      { ...shared, test: { name: 'tidy', include: ['tidy/**/*.test.ts'], exclude } },
      {
        ...shared,
        test: { name: 'rooms', include: ['{lib,bff,services}/**/*.test.ts'], exclude, testTimeout: 20_000, hookTimeout: 30_000 },
      },
      {
        ...shared,
        test: {
          name: 'journeys',
          include: ['standalone/**/*.test.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
