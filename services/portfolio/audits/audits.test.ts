import { becomes } from '@tickfolio/lib/kit/becomes';
import { inBackground } from '@tickfolio/lib/postgres';
import { isRight } from '@tickfolio/lib/tally';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterEach, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { audits } from '../postings/tables.js';
import { pieces } from '../users/erased-rows.js';
import { startAudits } from './audits.js';
import type { Scope } from './check.js';
import { createKeptSums } from './kept-sums.js';
import { always, runRound } from './round.js';

const minute = 60_000;

/** Books with some of everything in them. */
const build = async () => {
  const real = await openTestBooks(await openEmbeddedDatabase());
  const { coins, funding, reservations, settle, transfer } = real.books;
  const paper = await real.portfolio('paper');
  const other = await real.portfolio('paper', { userId: paper.userId });
  const tracking = await real.portfolio('tracking');
  const fund = () => funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '100' });
  const change = (by = '1') => coins.change({ ...tracking, key: newKey(), symbol: 'btcusdt', asset: 'BTC', by });
  await fund();
  await change();
  const orders = [uuid7(), uuid7(), uuid7()] as const;
  const reserve = (reservationId: string, amount: string) =>
    reservations.reserve({ ...paper, reservationId, for: 'order', asset: 'USDT', amount });
  await reserve(orders[0], '40');
  await reserve(orders[1], '30');
  await reserve(orders[2], '1000').catch(() => undefined);
  await settle({
    fillId: uuid7(),
    reservationId: orders[0],
    portfolioId: paper.portfolioId,
    take: { asset: 'USDT', amount: '15' },
    give: { asset: 'BTC', via: 'btcusdt', amount: '0.5' },
    fees: [{ asset: 'BTC', amount: '0.0005' }],
    requestId: '',
  });
  await reservations.release({ ...paper, reservationId: orders[1], reason: 'cancelled' });
  await reservations.release({ ...paper, reservationId: uuid7(), reason: 'timeout' });
  const move = (quantity: string) => {
    const ids = { userId: paper.userId, from: paper.portfolioId, to: other.portfolioId };
    return transfer({ ...ids, key: newKey(), asset: 'USDT', quantity, networkFee: '1', requestId: '' });
  };
  await move('10');
  return { ...real, paper, other, tracking, orders, fund, change, move };
};

/** What is found, as `A1 mismatch 1`. */
const faultsOf = async (real: TestBooks, scope: Scope = 'all', since = always, kept = createKeptSums()) => {
  const { findings } = await runRound(real, { scope, since, kept });
  return [...findings].flatMap(([name, { missing, duplicate, mismatch }]) =>
    Object.entries({ missing, duplicate, mismatch })
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${name} ${kind} ${count}`),
  );
};
const checkedOf = async (real: TestBooks, scope: Scope, since = always) => {
  const { findings } = await runRound(real, { scope, since });
  expect([...findings.values()].every(isRight)).toBe(true);
  return [...findings].map(([name, { checked }]) => `${name} ${checked}`);
};

describe('an audit of the books', () => {
  it('looks at all of them, and finds nothing where they are right', async () => {
    const real = await build();
    const all = ['A1 8', 'A2 4', 'A3 4', 'A4 4', 'A5 4', 'A8 6'];
    expect(await checkedOf(real, 'all')).toEqual(all);
    expect(await checkedOf(real, 'changed')).toEqual(all);
  });

  it('finds nothing where there is nothing', async () => {
    const real = await openTestBooks(await openEmbeddedDatabase());
    expect(await checkedOf(real, 'all')).toEqual(['A1 0', 'A2 0', 'A3 0', 'A4 0', 'A5 0', 'A8 0']);
  });

  it('looks at what changed since, the other side of a transfer too', async () => {
    const real = await build();
    real.clock.advance(minute);
    const since = new Date(real.clock.now()).toISOString();
    expect(await checkedOf(real, 'changed', since)).toEqual(['A1 0', 'A2 0', 'A3 0', 'A4 0', 'A5 0', 'A8 0']);
    await real.move('1');
    // In one there is BTC too.
    expect(await checkedOf(real, 'changed', since)).toEqual(['A1 1', 'A2 3', 'A3 3', 'A4 3', 'A5 0', 'A8 4']);
  });

  it('reads on from where it has read to', async () => {
    const real = await build();
    const kept = createKeptSums();
    expect(await faultsOf(real, 'changed', always, kept)).toEqual([]);
    await real.fund();
    await real.change('-0.5');
    expect(await faultsOf(real, 'changed', always, kept)).toEqual([]);
    await real.db.execute(sql`update balances set available = available + 1 where asset = 'USDT' and reserved > 0`);
    expect(await faultsOf(real, 'changed', always, kept)).toEqual(['A2 mismatch 1']);
  });

  it('goes through more than a page', async () => {
    const real = await build();
    await real.db.execute(sql`insert into postings select gen_random_uuid(), portfolio_id, kind, ref_type, ref_id,
      request_hash, result, created_at from postings, generate_series(1, 30)`);
    const { findings } = await runRound(real, { scope: 'all', since: always });
    expect([...findings.values()].every(isRight)).toBe(true);
    expect(findings.get('A1')?.checked).toBe(248);
  });

  const damages = {
    'an entry that is another now': [
      sql`update entries set amount = amount + 0.000000000000000001 where account = 'market' and amount > 0`,
      ['A1 mismatch 1'],
    ],
    'an entry that is gone': [
      sql`delete from entries where account = 'available' and amount = 0.5`,
      ['A1 mismatch 1', 'A2 mismatch 1'],
    ],
    'a balance that is another now': [
      sql`update balances set available = available + 0.000000000000000001 where asset = 'BTC' and via = 'btcusdt' and available = 1`,
      ['A2 mismatch 1'],
    ],
    'a balance that is gone': [sql`delete from balances where available = 1 and asset = 'BTC'`, ['A2 missing 1']],
    'a balance of nothing': [
      sql`insert into balances (portfolio_id, asset, via, available, reserved, alone, version, created_at, updated_at)
        select id, 'ETH', 'ethusdt', 0, 0, false, 1, now(), now() from portfolios where kind = 'tracking'`,
      ['A3 mismatch 1'],
    ],
    'more reserved than is kept for orders': [
      sql`update reservations set remaining = remaining - 1, released = 1 where state = 'held'`,
      ['A4 mismatch 1'],
    ],
    'a reservation that is another now': [
      sql`update reservations set amount = amount + 1 where state = 'closed'`,
      ['A5 mismatch 1'],
    ],
    'a fill that is not in its reservation': [
      sql`update postings set ref_id = 'another' where kind = 'settle'`,
      ['A5 mismatch 1'],
    ],
    'events of a portfolio that are gone': [
      sql`delete from portfolio_events where stream = (select 'portfolio:' || id from portfolios where kind = 'tracking')`,
      ['A8 missing 1', 'A8 mismatch 1'],
    ],
    'an event of what is watched that is gone': [
      sql`update owners set watchlist_version = 2 where user_id = (select user_id from portfolios where kind = 'tracking')`,
      ['A8 missing 2', 'A8 mismatch 1'],
    ],
    'events that are gone': [
      sql`delete from portfolio_events where version in (2, 3) and stream = (
        select 'balances:' || portfolio_id from reservations where state = 'held')`,
      ['A8 missing 2'],
    ],
    'an event that nobody has counted': [
      sql`update portfolios set balance_version = balance_version - 1 where kind = 'tracking'`,
      ['A8 mismatch 1'],
    ],
  } as const;
  it.each(Object.entries(damages))('sees %s', async (_, [damage, faults]) => {
    const real = await build();
    await real.db.execute(damage);
    expect(await faultsOf(real)).toEqual(faults);
  });

  it('sees a balance below zero, and that the database does not refuse it any more', async () => {
    const real = await build();
    const rule = 'balances_available_not_negative';
    await real.db.execute(sql.raw(`alter table balances drop constraint ${rule}`));
    try {
      expect(await faultsOf(real)).toEqual(['A3 missing 1']);
      await real.db.execute(sql`update balances set available = -1 where asset = 'BTC' and available = 1`);
      expect(await faultsOf(real)).toEqual(['A2 mismatch 1', 'A3 missing 1', 'A3 mismatch 1']);
    } finally {
      // The tables are shared with the tests that follow.
      await real.db.execute(sql`delete from balances where available < 0`);
      await real.db.execute(sql.raw(`alter table balances add constraint ${rule} check (available >= 0)`));
    }
  });

  it('names what it found by ids and amounts', async () => {
    const real = await build();
    const { portfolioId } = real.paper;
    const [reservation] = real.orders;
    await real.db.execute(sql`delete from entries where account = 'market' and asset = 'BTC'`);
    await real.db.execute(
      sql`update balances set available = 1000 where portfolio_id = ${portfolioId} and asset = 'USDT'`,
    );
    await real.db.execute(sql`update reservations set amount = 41, remaining = 24 where id = ${reservation}`);
    await real.db.execute(
      sql`delete from portfolio_events where stream = ${`balances:${portfolioId}`} and version = 2`,
    );
    const { findings } = await runRound(real, { scope: 'all', since: always });
    const [{ id: fill }] = (
      (await real.db.execute(sql`select id from postings where kind = 'settle'`)) as unknown as {
        rows: [{ id: string }];
      }
    ).rows;
    const { rows } = (await real.db.execute(
      sql`select balance_version::int as version from portfolios where id = ${portfolioId}`,
    )) as unknown as { rows: [{ version: number }] };
    const words = Object.fromEntries([...findings].map(([name, { found }]) => [name, found]));
    expect(words).toEqual({
      A1: [`BTC of the posting ${fill} sums to 0.5`],
      A2: [`USDT of ${portfolioId}: 1000 available and 25 reserved; by its entries 49 available and 25 reserved`],
      A3: [],
      A4: [`USDT of ${portfolioId}: 1000 available and 25 reserved; 24 remains of its reservations`],
      A5: [
        `the reservation ${reservation} of ${portfolioId}: 41, of which 15 was taken, 0 given back and 24 remains, 39 together`,
      ],
      A8: [`1 of the events 1 to ${rows[0].version} of balances:${portfolioId}`],
    });
  });

  it('says nothing of whom is being erased, of whom things go piece by piece', async () => {
    const real = await build();
    const { userId } = real.paper;
    await real.db.execute(sql`insert into erasing_users values (${userId}, now())`);
    for (const piece of pieces) {
      await real.db.transaction((tx) => piece(tx, userId));
      expect(await faultsOf(real)).toEqual([]);
    }
    expect(await checkedOf(real, 'all')).toContain('A8 2');
  });
});

describe('audits that go on', () => {
  let close = async () => {};
  afterEach(() => close());
  const start = async () => {
    const real = await build();
    const lines: { readonly msg: string; readonly check?: string }[] = [];
    const log = createLogger('portfolio', 'info', (line) => void lines.push(JSON.parse(line)));
    const metrics = createMetrics('portfolio');
    const running = startAudits({ ...real, log, metrics }, { periodMs: minute });
    close = () => running.close();
    const rounds = async (scope: Scope) =>
      (await real.db.select().from(audits)).filter((row) => row.name === 'A1' && row.scope === scope).length;
    const figure = async (name: string) =>
      Number(new RegExp(`^tickfolio_portfolio_audit_${name} (\\S+)`, 'm').exec(await metrics.text())?.[1]);
    /** Lets time go on once the round that runs is over: another one does not begin beside it. */
    const pass = async (ms: number) => {
      // Comes after whatever that round still asks, for there is one connection.
      await inBackground(() => real.db.execute(sql`select 1`));
      real.clock.advance(ms);
    };
    return { ...real, lines, rounds, figure, pass };
  };

  it('look at what changed each minute and at all of it once a day, and write down what they found', async () => {
    const { pass, rounds, figure, fund } = await start();
    await pass(minute);
    await becomes(async () => [await rounds('changed'), await rounds('all')], [1, 1]);
    await becomes(() => figure('checked{check="A1",scope="all"}'), 8);
    await fund();
    await pass(minute);
    await becomes(async () => [await rounds('changed'), await rounds('all')], [2, 1]);
    await becomes(() => figure('checked{check="A1",scope="changed"}'), 9);
    await pass(5 * minute);
    await becomes(() => rounds('changed'), 3);
    await becomes(() => figure('checked{check="A1",scope="changed"}'), 1);
    expect(await figure('mismatch{check="A2",scope="changed"}')).toBe(0);
    await pass(86_400_000);
    await becomes(() => rounds('all'), 2);
  });

  it('say loudly what is not right', async () => {
    const { clock, db, figure, lines } = await start();
    await db.execute(sql`update balances set available = available + 1 where asset = 'USDT' and reserved > 0`);
    clock.advance(minute);
    await becomes(() => figure('mismatch{check="A2",scope="all"}'), 1);
    expect(lines.filter(({ msg }) => msg === 'the books are not right').map(({ check }) => check)).toContain('A2');
  });

  it('forget after a month what they found', async () => {
    const { pass, db, rounds } = await start();
    await pass(minute);
    await becomes(() => rounds('all'), 1);
    await db.execute(sql`update audits set began_at = began_at - interval '31 days'`);
    const former = () => db.$count(audits, sql`${audits.beganAt} < '2026-11-15'`);
    expect(await former()).toBeGreaterThan(0);
    await pass(minute);
    await becomes(async () => [await former(), await rounds('changed'), await rounds('all')], [0, 1, 1]);
  });
});
