import { systemClock as clock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { databaseTime, fromPostgresError, postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { runAuditCommand } from '@tickfolio/lib/tally';
import { createLogger } from '@tickfolio/lib/telemetry';
import { booksAuditConfig } from '../config.js';
import { migrationsFolder } from '../migrations-folder.js';
import { tables } from '../tables.js';
import { checkWords } from './check.js';
import { always, runRound } from './round.js';

const help = `Compares the books of portfolios with themselves, all of them, and changes nothing.

  npm run audit:trading

Columns: what was looked at; what is missing, what is there twice, what differs. Below each check the first 10 faults, with ids and
amounts; what to do then is in docs/operate/alerts.md, BooksWrong.
Exit code: 0 when all is right, 1 when something is not, 2 when it could not be found out.
Settings: POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (portfolio_service), POSTGRES_SCHEMA, LOG_LEVEL.
The all-in-one run has its database in itself; what its own audits found is in its metrics, tickfolio_portfolio_audit_….
`;

const startTimeoutMs = 10_000;

const audit = async () => {
  const config = readConfig('books audit', booksAuditConfig(process.env), process.env);
  const log = createLogger('portfolio', config.LOG_LEVEL);
  // The migrations are the service's.
  const server = { ...postgresServer(config), database: config.POSTGRES_DB, migrate: 'off' } as const;
  const { db, close } = await openServerPostgres({ ...server, migrationsFolder, tables, startTimeoutMs, log, clock });
  try {
    return (await runRound({ db, time: databaseTime, clock }, { scope: 'all', since: always })).findings;
  } catch (err) {
    throw fromPostgresError(err);
  } finally {
    await close();
  }
};

const command = { help, what: 'The books are', words: checkWords, audit };
// A process that only waits, for a server or for the next look, has nothing else that keeps it alive.
const alive = setInterval(() => undefined, 60_000);
process.exitCode = await runAuditCommand({ args: process.argv.slice(2), ...command });
clearInterval(alive);
