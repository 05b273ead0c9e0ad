import { fileURLToPath } from 'node:url';

/** Where the SQL of the log lies, also seen from the compiled file in dist/. */
export const migrationsFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './migrations' : '../../../event-log/postgres/migrations', import.meta.url),
);
