import { systemClock as clock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { databaseTime, fromPostgresError, postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { runAuditCommand } from '@tickfolio/lib/tally';
import { createLogger } from '@tickfolio/lib/telemetry';
import { ordersAuditConfig, portfolioTarget } from '../config.js';
import { migrationsFolder } from '../migrations-folder.js';
import { createPortfolioClient } from '../portfolio/portfolio-client.js';
import { tables } from '../tables.js';
import { checkWords } from './check.js';
import { always, runRound } from './round.js';

const help = `Compares orders with their fills and with what the portfolio service keeps for them, all of them.

  npm run audit:trading               changes nothing
  npm run audit:trading -- --repair   puts right what a restore set apart, after asking; see --repair --help

Columns: what was looked at; what is missing, what is there twice, what differs. Below each check the first 10 faults, with ids and
amounts; what to do then is in docs/operate/alerts.md, OrdersWrong.
Exit code: 0 when all is right, 1 when something is not, 2 when it could not be found out.
Settings: POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (order_service), POSTGRES_SCHEMA,
PORTFOLIO_SERVICE_ADDR, LOG_LEVEL.
The all-in-one run has its database in itself; what its own audits found is in its metrics, tickfolio_orders_audit_….
`;

const startTimeoutMs = 10_000;

const audit = async () => {
  const config = readConfig('orders audit', ordersAuditConfig(process.env), process.env);
  const log = createLogger('orders', config.LOG_LEVEL);
  // The migrations are the service's.
  const server = { ...postgresServer(config), database: config.POSTGRES_DB, migrate: 'off' } as const;
  const { db, close } = await openServerPostgres({ ...server, migrationsFolder, tables, startTimeoutMs, log, clock });
  const portfolio = createPortfolioClient({ clock, target: portfolioTarget(config) });
  try {
    const round = await runRound({ db, time: databaseTime, clock, portfolio }, { scope: 'all', since: always });
    return round.findings;
  } catch (err) {
    throw fromPostgresError(err);
  } finally {
    portfolio.close();
    await close();
  }
};

const command = { help, what: 'Orders are', words: checkWords, audit };
// A process that only waits, for a server or for the next look, has nothing else that keeps it alive.
const alive = setInterval(() => undefined, 60_000);
process.exitCode = await runAuditCommand({ args: process.argv.slice(2), ...command });
clearInterval(alive);
