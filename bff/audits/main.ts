import { systemClock as clock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { grpcTlsOf } from '@tickfolio/lib/grpc';
import { fromPostgresError, postgresServer, tablesIn } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createTally, runAuditCommand } from '@tickfolio/lib/tally';
import { createLogger } from '@tickfolio/lib/telemetry';
import { portfolioTarget, shownAuditConfig } from '../config.js';
import * as schema from '../schema.js';
import { checkNames, checkWords, together } from './checks.js';
import { createPositionsClient } from './positions-client.js';
import { runRound } from './round.js';

const help = `Compares what the gateway shows of portfolios with what the portfolio service has, all of them, and changes nothing.

  npm run audit:trading            behind the audit of the books

What looks wrong is looked at once more after 10 s, and what is missing for a minute, so that nothing counts that only is under way; a portfolio that is another at
each look is left out. What to do where something is wrong is in docs/operate/alerts.md, ShownWrong.
Settings: PROFILE_POSTGRES_HOST, PROFILE_POSTGRES_PORT, PROFILE_POSTGRES_USER, PROFILE_POSTGRES_PASSWORD, PROFILE_POSTGRES_SCHEMA (unset:
those of the books), PROFILE_POSTGRES_DB (profile_db), PORTFOLIO_SERVICE_ADDR, GRPC_TLS_CA, GRPC_TLS_CERT, GRPC_TLS_KEY, ENV, LOG_LEVEL.
The all-in-one run shows in its metrics what its own audits found, tickfolio_bff_audit_….
`;

const startTimeoutMs = 10_000;

const audit = async () => {
  const config = readConfig('audit of what is shown', shownAuditConfig(process.env), process.env);
  const log = createLogger('bff', config.LOG_LEVEL);
  // The migrations are the gateway's.
  const server = { ...postgresServer(config), database: config.POSTGRES_DB, migrate: 'off' } as const;
  const { migrationsFolder } = schema;
  const tables = tablesIn(schema);
  const { db, close } = await openServerPostgres({ ...server, migrationsFolder, tables, startTimeoutMs, log, clock });
  const there = createPositionsClient({ clock, target: portfolioTarget(config), tls: grpcTlsOf(config, log) });
  try {
    let findings = createTally(checkNames).findings;
    for (let after: string | undefined = ''; after !== undefined; ) {
      const round = await runRound({ db, there, clock, underWay: async () => undefined }, { after });
      findings = together(findings, round.findings);
      after = round.next;
    }
    return findings;
  } catch (err) {
    throw fromPostgresError(err);
  } finally {
    there.close();
    await close();
  }
};

const command = { help, what: 'What is shown of portfolios is', words: checkWords, audit };
// A process that only waits, for a server or for the next look, has nothing else that keeps it alive.
const alive = setInterval(() => undefined, 60_000);
process.exitCode = await runAuditCommand({ args: process.argv.slice(2), ...command });
clearInterval(alive);
