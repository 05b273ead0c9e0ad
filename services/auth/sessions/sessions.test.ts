import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { describe } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { describeSessions } from './sessions.contract.js';

describeSessions('PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeSessions('a PostgreSQL server with 25 connections', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server, 25);
  });
});
