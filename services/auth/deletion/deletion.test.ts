import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { describe } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { describeDeletion } from './deletion.contract.js';

describeDeletion('PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeDeletion('a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
