import { describe } from 'vitest';
import { shareTestPostgres } from '../../kit/postgres.js';
import { openEmbeddedDatabase, openServerDatabase } from './kit/databases.js';
import { postgresLogContract } from './postgres.contract.js';

describe('PGlite', () => postgresLogContract('PGlite', openEmbeddedDatabase));

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  postgresLogContract('a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
