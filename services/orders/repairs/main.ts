import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { readConfig } from '@tickfolio/lib/config';
import { createAppend } from '@tickfolio/lib/outbox';
import { fromPostgresError, postgresServer, databaseTime as time } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createLogger } from '@tickfolio/lib/telemetry';
import { ordersAuditConfig, portfolioTarget } from '../config.js';
import { migrationsFolder } from '../migrations-folder.js';
import { createPortfolioClient } from '../portfolio/portfolio-client.js';
import { orderOutbox } from '../schema.js';
import { createPostgresStore } from '../store/postgres-store.js';
import { tables } from '../tables.js';
import { performRepairs } from './perform.js';
import { planRepairs, type Repair, type RepairPlan } from './plan.js';

const help = `Puts right what orders and portfolios disagree about after one of their databases was restored to before the other.

  npm run audit:trading -- --repair        says what would be done, and asks
  npm run audit:trading -- --repair --yes  does it without asking

What is kept for no order is given back. What portfolio had promised for an order and does not know any more (what is kept for
it, its fills, their end) is asked for again, in the order in which it was the first time. An order of which portfolio knows
that it ended is cancelled, as is one that can be paid no more. All else is left, and said. Each of it is logged.
Exit code: 0 when nothing is left, 1 when something is, 2 when it could not be done.
Settings: as those of the audit of orders.
`;

const startTimeoutMs = 10_000;
const maxLines = 20;
const titles: Readonly<Record<Repair['kind'], string>> = {
  release: 'To be given back, since it is kept for no order',
  replay: 'To be asked for again, since portfolio does not know it any more',
  cancel: 'To be cancelled, since portfolio has given back what was kept for it',
};

const listed = (title: string, words: readonly string[]): string => {
  const more = words.length > maxLines ? [`  and ${words.length - maxLines} more`] : [];
  return [`${title}: ${words.length}`, ...words.slice(0, maxLines).map((one) => `  ${one}`), ...more].join('\n');
};
const inWords = ({ repairs, left }: RepairPlan): string => {
  const kinds = Object.entries(titles).map(([kind, title]) => ({
    title,
    words: repairs.filter((one) => one.kind === kind).map(({ words }) => words),
  }));
  const all = [...kinds, { title: 'Left as it is: nobody may decide it by itself, or trades bring it', words: left }];
  return all.flatMap(({ title, words }) => (words.length > 0 ? [listed(title, words)] : [])).join('\n');
};
const print = (text: string) => void process.stdout.write(`${text}\n`);

/** @returns whether somebody at a terminal says yes; without one nobody does */
const isWanted = async (): Promise<boolean> => {
  if (!process.stdin.isTTY) {
    print('Nothing was changed: nobody can be asked here. With --yes it is done without asking.');
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question('Shall this be done? (yes/no) ');
  asking.close();
  if (answer.trim().toLowerCase() === 'yes') return true;
  print('Nothing was changed.');
  return false;
};

/** @returns the exit code */
const repair = async (isAsked: boolean): Promise<0 | 1> => {
  const config = readConfig('orders audit', ordersAuditConfig(process.env), process.env);
  const log = createLogger('orders', 'info', (line) => void process.stderr.write(line));
  const server = { ...postgresServer(config), database: config.POSTGRES_DB, migrate: 'off' } as const;
  const { db, close } = await openServerPostgres({ ...server, migrationsFolder, tables, startTimeoutMs, log, clock });
  const portfolio = createPortfolioClient({ clock, target: portfolioTarget(config) });
  try {
    const plan = await planRepairs({ db, time, clock, portfolio });
    const words = inWords(plan);
    print(words === '' ? 'Nothing is to be repaired.' : words);
    if (plan.repairs.length === 0) return plan.left.length === 0 ? 0 : 1;
    if (!isAsked && !(await isWanted())) return 1;
    // What is told of it is sent by the service.
    const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
    const store = createPostgresStore({ db, append, time, clock });
    const left = await performRepairs({ db, store, reservations: portfolio.reservations, log }, plan.repairs);
    print(`Done: ${plan.repairs.length - left.length} of ${plan.repairs.length}`);
    if (left.length > 0) print(listed('Not to be repaired', left));
    return left.length + plan.left.length === 0 ? 0 : 1;
  } catch (err) {
    throw fromPostgresError(err);
  } finally {
    portfolio.close();
    await close();
  }
};

const run = async (): Promise<0 | 1 | 2> => {
  try {
    const options = { help: { type: 'boolean' }, yes: { type: 'boolean' }, repair: { type: 'boolean' } } as const;
    const { values } = parseArgs({ options });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    return await repair(values.yes === true);
  } catch (thrown) {
    process.stderr.write(`It could not be repaired: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return 2;
  }
};

// A process that only waits, for a server or for the second look, has nothing else that keeps it alive.
const alive = setInterval(() => undefined, 60_000);
process.exitCode = await run();
clearInterval(alive);
