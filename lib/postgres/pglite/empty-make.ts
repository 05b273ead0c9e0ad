import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { emptyDatabaseFile } from './empty.js';

// Run by `npm run build`.
const file = emptyDatabaseFile();
if (!existsSync(file)) {
  const database = new PGlite();
  await database.waitReady;
  const packed = await database.dumpDataDir('gzip');
  await database.close();
  // Whole or not at all, and two builds at once do no harm.
  const draft = new URL(`${file.href}.${process.pid}`);
  writeFileSync(draft, new Uint8Array(await packed.arrayBuffer()));
  renameSync(draft, file);
}
