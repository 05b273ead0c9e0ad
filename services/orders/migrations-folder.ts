import { fileURLToPath } from 'node:url';

/** Where the SQL of `order_service` lies, also seen from the compiled file in dist/. */
export const migrationsFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './migrations' : '../migrations', import.meta.url),
);
