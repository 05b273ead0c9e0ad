import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { describe } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { describePortfolios } from './portfolios.contract.js';

describePortfolios('PGlite', openEmbeddedDatabase);

const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describePortfolios('a PostgreSQL server with 25 connections', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server, 25);
  });
});
