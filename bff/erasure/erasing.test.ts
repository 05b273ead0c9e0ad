import { randomUUID } from 'node:crypto';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import { parseDecimal } from '@tickfolio/lib/money';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createValueHistory } from '../history/value-history.js';
import { createViewedPortfolios } from '../holdings/viewed-portfolios.js';
import { openTestPostgres } from '../kit/bff.js';
import { createSymbolLeases } from '../leases/symbol-leases.js';
import { createPortfolios } from '../portfolio/portfolios.js';
import { balanceVersions, erasedUsers, holdings, portfolios as portfolioRows } from '../schema.js';
import { beginErasure } from './erased-users.js';
import { startErasing } from './erasing.js';
import { startProfileEvents } from './profile-events.js';
import { userTables } from './user-rows.js';

const nowMs = Date.UTC(2026, 10, 29, 12);
const dayMs = 86_400_000;
const held = { symbol: 'btcusdt', quoteAsset: 'usdt' };
const one = parseDecimal('1');
let postgres: Postgres;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterEach(async () => {
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
  // Each start tells once more of all that were erased.
  await postgres.db.execute(sql`truncate erased_users, open_erasures, profile_events`);
});
afterAll(() => postgres.close());

const rowsOf = async (statement: string) => {
  const result = (await postgres.db.execute(sql.raw(statement))) as unknown as { rows: Record<string, unknown>[] };
  return result.rows;
};
const open = async (clock: ManualClock, pieceRows = 1_000) => {
  const time = timeOf(clock);
  const [log, metrics] = [silentLogger(), createMetrics('bff')];
  const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: [userEvents] });
  const events = startProfileEvents({ db: postgres.db, time, clock, log, metrics, eventLog }, { pollMs: 100 });
  const begun: string[] = [];
  const erasing = startErasing({ events, begun: (userId) => begun.push(userId), time, clock, log }, { pieceRows });
  opened.push(events, erasing);
  const told: string[] = [];
  const group = { group: 'test', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 1 };
  await eventLog.consume(userEvents.name, group, async ({ messages }) => {
    for (const message of messages) {
      const read = userEvents.read(message);
      told.push(
        read.kind === 'event'
          ? `${read.event.source} ${read.event.type} ${read.event.stream} ${read.event.version}`
          : read.kind,
      );
    }
  });
  return {
    begun,
    told,
    erasing,
    /** As the inbox does with `user.deleted`. */
    begin: (userId: string) =>
      postgres.db.transaction(async (tx) => {
        await tx.insert(erasedUsers).values({ userId, erasedAt: time() }).onConflictDoNothing();
        await beginErasure(tx, time, userId);
      }),
  };
};
/** Somebody of whom something stands in every table. */
const createHolder = async (clock: ManualClock) => {
  const userId = randomUUID();
  const owner = { userId, userName: `Maria-${userId.slice(0, 8)}` };
  const portfolios = createPortfolios(postgres.db);
  await portfolios.open(owner, held, one, 'key-1');
  await portfolios.open(owner, { symbol: 'ethusdt', quoteAsset: 'usdt' }, one);
  await createSymbolLeases(postgres.db, timeOf(clock)).take(userId, { symbol: 'solusdt', quoteAsset: 'usdt' });
  const portfolioId = randomUUID();
  await createViewedPortfolios(postgres.db, timeOf(clock)).begin({ userId, portfolioId });
  const about = { kind: 'paper', baseCurrencyCode: 'USDT', isDefault: false, simulated: false, version: 1 };
  await postgres.db.insert(portfolioRows).values({ id: portfolioId, userId, name: 'Mine', ...about });
  await postgres.db.insert(balanceVersions).values({ portfolioId, userId, version: 5 });
  for (const asset of ['BTC', 'ETH', 'SOL', 'BNB', 'USDT'])
    await postgres.db
      .insert(holdings)
      .values({ portfolioId, userId, asset, via: '', available: '1', reserved: '0', version: 1 });
  const history = createValueHistory(postgres.db, timeOf(clock));
  for (let minute = 0; minute < 5; minute++)
    for (const kind of ['real', 'simulated'] as const)
      await history.record(kind, nowMs - minute * 60_000, [{ userId, value: '1' }], true);
  const at = new Date(nowMs - dayMs).toISOString();
  for (const table of ['minute', 'hour'] as const)
    await postgres.db.execute(
      sql.raw(
        `insert into portfolio_${table === 'minute' ? 'values' : 'hours'}_before (user_id, simulated, ${table}, value) values ('${userId}', false, '${at}', 1)`,
      ),
    );
  return { owner, portfolios, history };
};

it('leaves nothing of a user in any table, a few rows at a time, and says so once', async () => {
  const clock = createManualClock(nowMs);
  const { begin, erasing, begun, told } = await open(clock, 2);
  const { owner } = await createHolder(clock);
  const other = await createHolder(clock);
  const texts = [owner.userId, owner.userName];
  expect((await tablesWith(postgres.db, texts)).filter((table) => table in userTables || table === 'profiles')).toEqual(
    expect.arrayContaining(['coins', 'holdings', 'portfolio_changes', 'portfolios', 'profiles', 'symbol_leases']),
  );
  await begin(owner.userId);
  await begin(owner.userId);
  erasing.wake();
  erasing.wake();
  await becomes(async () => {
    clock.advance(100);
    return tablesWith(postgres.db, texts);
  }, ['erased_users', 'profile_events']);
  const said = `bff user.erased erasure:${owner.userId}:bff 1`;
  await becomes(async () => {
    clock.advance(100);
    return told;
  }, [said]);
  expect(await tablesWith(postgres.db, [owner.userName])).toEqual([]);
  expect(new Set(begun)).toEqual(new Set([owner.userId]));
  // Others keep what they have.
  expect((await other.portfolios.read(other.owner)).coins).toHaveLength(2);

  // Told again, as after a restore: there is nothing to do, and it is said again.
  await begin(owner.userId);
  erasing.wake();
  await becomes(async () => {
    clock.advance(100);
    return told;
  }, [said, said]);
  clock.advance(31 * dayMs);
  await becomes(async () => {
    clock.advance(60_000);
    return (await tablesWith(postgres.db, texts)).filter((table) => table !== 'erased_users');
  }, []);
});

it('goes on where another was killed in the middle', async () => {
  const clock = createManualClock(nowMs);
  const { owner } = await createHolder(clock);
  const first = await open(clock, 1);
  await first.begin(owner.userId);
  await postgres.db.execute(sql`delete from coins where user_id = ${owner.userId}`);
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
  const { told } = await open(clock, 1);
  await becomes(async () => {
    clock.advance(60_000);
    return told;
  }, [`bff user.erased erasure:${owner.userId}:bff 1`]);
  expect(await tablesWith(postgres.db, [owner.userName])).toEqual([]);
});

it('says at the next start once more that nothing is left, for the answer may have been lost, and erases what a build of before has written since', async () => {
  const clock = createManualClock(nowMs);
  const { owner } = await createHolder(clock);
  const said = `bff user.erased erasure:${owner.userId}:bff 1`;
  const first = await open(clock);
  await first.begin(owner.userId);
  await becomes(async () => {
    clock.advance(60_000);
    return first.told;
  }, [said]);
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
  const at = new Date(nowMs).toISOString();
  await postgres.db.execute(
    sql.raw(
      `insert into value_minutes (user_id, simulated, minute, value) values ('${owner.userId}', false, '${at}', 1)`,
    ),
  );
  const second = await open(clock);
  await becomes(async () => {
    clock.advance(5_000);
    return second.told;
  }, [said]);
  expect(await tablesWith(postgres.db, [owner.userId])).toEqual(['erased_users', 'profile_events']);
});

it('erases the others while one cannot be erased', async () => {
  const clock = createManualClock(nowMs);
  const [stuck, other] = [await createHolder(clock), await createHolder(clock)];
  const [first, last] = [stuck.owner.userId, other.owner.userId].sort() as [string, string];
  const { begin, erasing, told } = await open(clock);
  await rowsOf(
    `create function stand_in_the_way() returns trigger language plpgsql as $$ begin raise exception 'in the way'; end $$`,
  );
  await rowsOf(
    `create trigger in_the_way before delete on coins for each row when (old.user_id = '${first}') execute function stand_in_the_way()`,
  );
  for (const userId of [first, last]) await begin(userId);
  erasing.wake();
  await becomes(async () => {
    clock.advance(100);
    return told;
  }, [`bff user.erased erasure:${last}:bff 1`]);
  await rowsOf('drop trigger in_the_way on coins');
  await becomes(async () => {
    clock.advance(60_000);
    return told;
  }, [`bff user.erased erasure:${last}:bff 1`, `bff user.erased erasure:${first}:bff 1`]);
});

it('is final: a token that is left makes no profile, no lease and no value of a user that is erased', async () => {
  const clock = createManualClock(nowMs);
  const { begin, erasing } = await open(clock);
  const { owner, portfolios, history } = await createHolder(clock);
  await begin(owner.userId);
  erasing.wake();
  await becomes(async () => {
    clock.advance(100);
    return rowsOf('select 1 from open_erasures');
  }, []);
  const refused = { code: 'unauthenticated', message: 'The account was deleted.' };
  await expect(portfolios.createProfile(owner)).rejects.toMatchObject(refused);
  await expect(portfolios.read(owner)).rejects.toMatchObject(refused);
  await expect(portfolios.open(owner, held, one)).rejects.toMatchObject(refused);
  const leases = createSymbolLeases(postgres.db, timeOf(clock));
  await expect(leases.take(owner.userId, held)).rejects.toMatchObject(refused);
  await history.record('real', nowMs, [{ userId: owner.userId, value: '1' }], true);
  await createViewedPortfolios(postgres.db, timeOf(clock)).begin({ userId: owner.userId, portfolioId: 'all' });
  expect(await tablesWith(postgres.db, [owner.userId])).toEqual(['erased_users', 'profile_events']);
});

it('knows every table that has something of a user', async () => {
  const tables = await rowsOf(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id'
     where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = current_schema()::regnamespace order by 1`,
  );
  const own = ['erased_users', 'open_erasures'];
  expect(tables.map(({ name }) => name)).toEqual([...Object.keys(userTables), ...own].sort());
});
