import { sql } from 'drizzle-orm';
import { systemClock } from '../../../clock/clock.js';
import { silentLogger } from '../../../telemetry/telemetry.js';
import { openPglite } from '../pglite.js';

// Started by the tests of PGlite: writes rows without end and prints each name once its insert is acknowledged.
const [folder = '', migrationsFolder = '', prefix = ''] = process.argv.slice(2);
const { db } = await openPglite({ folder, migrationsFolder, log: silentLogger(), clock: systemClock });
for (let number = 0; ; number++) {
  const name = `${prefix}-${number}`;
  if (number % 3) await db.execute(sql`insert into vaults (name, amount) values (${name}, 1)`);
  else await db.transaction((tx) => tx.execute(sql`insert into vaults (name, amount) values (${name}, 1)`));
  process.stdout.write(`${name}\n`);
}
