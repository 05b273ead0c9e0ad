import { parseArgs } from 'node:util';
import { WeightLane } from '@tickfolio/gen/market/v1';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { fromPostgresError, postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createLogger } from '@tickfolio/lib/telemetry';
import { fillsAuditConfig, socketTarget } from '../config.js';
import { createSocketClient } from '../market/socket-client.js';
import { migrationsFolder } from '../migrations-folder.js';
import { tables } from '../tables.js';
import { createFillAudit } from './fill-audit.js';
import { readStoredFills } from './stored-fills.js';

const help = `Fills an order again from the exchange's public trades, and compares. Changes nothing.

  npm run audit:fills -- --order <id>

Of an order that passed over trades (its \`gap\`), or over which more than 200,000 went, the trades that its fills name are
looked at.
Exit code: 0 when nothing differs, 1 when something does, 2 when it could not be found out.
Settings: POSTGRES_HOST, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (order_service), POSTGRES_SCHEMA,
SOCKET_SERVICE_ADDR, LOG_LEVEL.
`;
const startTimeoutMs = 10_000;
const maxTrades = 200_000;

/** @returns what is printed, and the exit code */
const audit = async (orderId: string): Promise<readonly [string, 0 | 1 | 2]> => {
  const config = readConfig('fills audit', fillsAuditConfig(process.env), process.env);
  const log = createLogger('orders', config.LOG_LEVEL);
  const server = { ...postgresServer(config), database: config.POSTGRES_DB, migrate: 'off' } as const;
  const { db, close } = await openServerPostgres({ ...server, migrationsFolder, tables, startTimeoutMs, log, clock });
  const history = createSocketClient({ clock, target: socketTarget(config) }, WeightLane.WEIGHT_LANE_AUDIT);
  try {
    const stored = await readStoredFills(db, orderId);
    if (!stored) return [`There is no order ${orderId}.`, 2];
    const { simulated } = await history.symbols('', AbortSignal.timeout(30_000));
    if (simulated !== stored.order.simulated)
      return [`The order lives at ${simulated ? 'real' : 'made-up'} prices, and the exchange has others now.`, 2];
    const found = await createFillAudit({ history })(stored, maxTrades, AbortSignal.timeout(600_000));
    const how = found.isReplayed
      ? `filled again from ${found.looked} public trades`
      : `${found.looked} trades that its fills name were looked at`;
    const lines = [
      `${stored.fills.length} fills, ${how}: ${found.differences.length} differences`,
      ...found.differences,
    ];
    return [lines.join('\n'), found.differences.length === 0 ? 0 : 1];
  } catch (err) {
    throw fromPostgresError(err);
  } finally {
    history.close();
    await close();
  }
};

const run = async (): Promise<readonly [string, 0 | 1 | 2]> => {
  try {
    const { values } = parseArgs({ options: { order: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) return [help, 0];
    if (values.order === undefined) return [help, 2];
    return await audit(values.order);
  } catch (thrown) {
    return [`It could not be found out: ${thrown instanceof Error ? thrown.message : String(thrown)}`, 2];
  }
};

// A process that only waits has nothing else that keeps it alive.
const alive = setInterval(() => undefined, 60_000);
const [text, code] = await run();
(code === 2 ? process.stderr : process.stdout).write(`${text}\n`);
process.exitCode = code;
clearInterval(alive);
