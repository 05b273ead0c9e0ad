import { randomUUID } from 'node:crypto';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestPostgres } from '../kit/bff.js';
import type { HeldSymbol } from '../market/symbols.js';
import { createSymbolLeases } from './symbol-leases.js';
import { startWatchedLeases } from './watched-leases.js';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterAll(() => postgres?.close());
beforeEach(() => postgres.db.execute(sql`delete from symbol_leases`));

const usdt = (...assets: string[]): HeldSymbol[] =>
  assets.map((asset) => ({ symbol: `${asset}usdt`, quoteAsset: 'usdt' }));
const manyOf = (count: number) => usdt(...Array.from({ length: count }, (_, at) => `c${String(at).padStart(4, '0')}`));
const build = () => {
  const clock = createManualClock(Date.UTC(2026, 5, 15));
  const leases = createSymbolLeases(postgres.db, timeOf(clock));
  const followed = async () => (await leases.symbols()).map(({ symbol }) => symbol);
  return { clock, leases, followed };
};

describe('what is watched', () => {
  it('is followed for a minute, once however many watch it, and longer where it is asked for again', async () => {
    const { clock, leases, followed } = build();
    await leases.follow(usdt('sol', 'eth'));
    await leases.follow(usdt('eth', 'doge'));
    expect(await followed()).toEqual(['dogeusdt', 'ethusdt', 'solusdt']);
    clock.advance(30_000);
    await leases.follow(usdt('eth'));
    clock.advance(30_001);
    expect(await followed()).toEqual(['ethusdt']);
    clock.advance(30_000);
    expect(await followed()).toEqual([]);
    await leases.follow([]);
    const rows = await postgres.db.execute(sql`select count(*)::int as count from symbol_leases`);
    expect((rows as unknown as { rows: { count: number }[] }).rows[0]?.count).toBe(0);
  });

  it('takes no place from who looks at an asset, and of very many the first 1,000 are followed', async () => {
    const { leases, followed } = build();
    await leases.follow(manyOf(1_200));
    expect(await followed()).toHaveLength(1_000);
    await leases.take(randomUUID(), { symbol: 'zzzusdt', quoteAsset: 'usdt' });
    expect((await followed()).at(-1)).toBe('zzzusdt');
  });

  it('is followed beside what people look at, however much more of it several replicas watch', async () => {
    const { leases, followed } = build();
    await leases.follow(manyOf(1_000));
    await leases.follow(usdt(...Array.from({ length: 700 }, (_, at) => `d${String(at).padStart(4, '0')}`)));
    for (const asset of ['yyy', 'zzz']) await leases.take(randomUUID(), { symbol: `${asset}usdt`, quoteAsset: 'usdt' });
    const symbols = await followed();
    expect([symbols.length, ...symbols.slice(-2)]).toEqual([1_002, 'yyyusdt', 'zzzusdt']);
  });

  it('is followed soon after it is watched, again before that ends, and told only when it is more', async () => {
    const clock = createManualClock();
    let watched: HeldSymbol[] = [];
    const written: string[] = [];
    let away = false;
    let told = 0;
    const working = startWatchedLeases({
      watched: () => watched,
      leases: {
        follow: async (symbols) => {
          written.push(symbols.map(({ symbol }) => symbol).join());
          if (away) throw new AppError('unavailable', 'The database is away.');
        },
      },
      onChange: () => void told++,
      clock,
      log: silentLogger(),
    });
    await clock.advanceAsync(5_000);
    expect(written).toEqual([]);
    watched = usdt('eth');
    await clock.advanceAsync(15_000);
    expect([written, told]).toEqual([['ethusdt'], 1]);
    await clock.advanceAsync(20_000);
    expect([written.length, told]).toEqual([2, 1]);
    away = true;
    watched = usdt('eth', 'sol');
    await clock.advanceAsync(12_000);
    expect(written.slice(2)).toEqual(Array.from({ length: 3 }, () => 'ethusdt,solusdt'));
    away = false;
    await clock.advanceAsync(5_000);
    watched = [];
    const before = written.length;
    await clock.advanceAsync(60_000);
    expect(written.length).toBe(before);
    working.close();
  });
});
