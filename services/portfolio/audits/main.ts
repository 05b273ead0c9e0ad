import { parseArgs } from 'node:util';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { AppError, StartError } from '@tickfolio/lib/errors';
import { readSettings } from '@tickfolio/lib/lifecycle';
import { databaseTime, postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createLogger } from '@tickfolio/lib/telemetry';
import { booksAuditConfig } from '../config.js';
import { migrationsFolder } from '../migrations-folder.js';
import { isRight } from './check.js';
import { always, runRound } from './round.js';
import { auditTable, verdict } from './table.js';

const help = `Compares the books of portfolios with themselves, all of them, and changes nothing.

  npm run audit:trading

Exit code: 0 when they are right, 1 when they are not, 2 when it could not be found out.
Settings: POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (portfolio_service), POSTGRES_SCHEMA, LOG_LEVEL.
The all-in-one run has its database in itself; what its own audits found is in its metrics, tickfolio_portfolio_audit_….
`;

const startTimeoutMs = 10_000;

const audit = async (): Promise<number> => {
  const config = readSettings('books audit', booksAuditConfig(process.env), process.env);
  const log = createLogger('portfolio', config.LOG_LEVEL);
  try {
    // The migrations are the service's.
    const server = { ...postgresServer(config), database: config.POSTGRES_DB, migrate: 'off' } as const;
    const { db, close } = await openServerPostgres({ ...server, migrationsFolder, startTimeoutMs, log, clock });
    try {
      const { findings } = await runRound({ db, time: databaseTime, clock }, { scope: 'all', since: always });
      process.stdout.write(`${auditTable(findings)}\n\n${verdict(findings)}\n`);
      return [...findings.values()].every(isRight) ? 0 : 1;
    } finally {
      await close();
    }
  } catch (err) {
    const words = err instanceof AppError || err instanceof StartError ? err.message : String(err);
    process.stderr.write(`The audit could not be made: ${words}\n`);
    return 2;
  }
};

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help) process.stdout.write(help);
else process.exitCode = await audit();
