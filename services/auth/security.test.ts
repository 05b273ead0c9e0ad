import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { describe } from 'vitest';
import { describeFactors } from './factors/factors.contract.js';
import { openEmbeddedDatabase, openServerDatabase } from './kit/database.js';
import { describeLog } from './log/log.contract.js';
import { describeSecurity } from './security.contract.js';

const suites = [describeSecurity, describeFactors, describeLog];

for (const suite of suites) suite('PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  for (const suite of suites)
    suite('a PostgreSQL server', async () => {
      if (!server) throw new Error('no server');
      return openServerDatabase(server, 10);
    });
});
