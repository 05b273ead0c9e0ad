import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { describe } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { describeUserEvents } from './events.contract.js';

describeUserEvents('PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeUserEvents('a PostgreSQL server with 25 connections', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server, 25);
  });
});
