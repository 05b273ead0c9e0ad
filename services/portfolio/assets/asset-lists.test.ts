import { createManualClock } from '@tickfolio/lib/clock';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { createLease } from '@tickfolio/lib/outbox';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { listedAs } from '../kit/listed-symbols.js';
import { assets } from '../postings/tables.js';
import { portfolioEvents } from '../schema.js';
import { createAssetLists } from './asset-lists.js';
import { pieceRows } from './kept-assets.js';

const hour = 3_600_000;
const never = new AbortController().signal;

const describeLists = (name: string, open: () => Promise<Postgres>) =>
  describe(`assets as the exchange lists them, ${name}`, () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await open();
    });
    afterAll(() => postgres?.close());
    beforeEach(async () => {
      await postgres.db.execute(sql`truncate assets, relay_lease`);
    });
    const build = (db = postgres.db) => {
      const clock = createManualClock(Date.UTC(2026, 10, 29));
      const deps = { db, tables: portfolioEvents, clock, time: timeOf(clock), log: silentLogger() };
      const leaseOf = (holder: string) => createLease(deps, { name: 'assets', holder });
      const replica = (name: string) => {
        const lists = createAssetLists({ ...deps, lease: leaseOf(name) });
        const list = (pairs: readonly string[], simulated = false) => ({ symbols: pairs.map(listedAs), simulated });
        return {
          lists,
          take: (...pairs: readonly string[]) => lists.take(list(pairs), never),
          takeSimulated: (...pairs: readonly string[]) => lists.take(list(pairs, true), never),
        };
      };
      return { clock, leaseOf, replica, ...replica('one') };
    };
    /** `ABC abcusdt`, those that are not listed in brackets. */
    const kept = async () => {
      const rows = await postgres.db.select().from(assets);
      return rows
        .map(({ asset, defaultVia, listed }) => {
          const words = `${asset} ${defaultVia}`.trim();
          return listed ? words : `(${words})`;
        })
        .sort();
    };
    const stamps = async () =>
      new Map((await postgres.db.select().from(assets)).map(({ asset, updatedAt }) => [asset, updatedAt.getTime()]));

    it('are written once, and again only where they are others', async () => {
      const { take, clock } = build();
      expect(await take('BTC/USDT', 'ETH/USDT', 'EUR/USDT')).toBe('written');
      expect(await kept()).toEqual(['BTC btcusdt', 'ETH ethusdt', 'EUR', 'USDT']);
      const before = await stamps();
      clock.advance(hour);
      await take('BTC/USDT', 'ETH/USDC', 'EUR/USDT');
      expect(await kept()).toEqual(['BTC btcusdt', 'ETH ethusdc', 'EUR', 'USDC', 'USDT']);
      const after = await stamps();
      for (const asset of ['BTC', 'EUR', 'USDT']) expect(after.get(asset)).toBe(before.get(asset));
      for (const asset of ['ETH', 'USDC']) expect(after.get(asset)).toBe(clock.now());
    });

    it('are not listed any more, and known for good, once they are gone or delisted; listed again when they are back', async () => {
      const { take } = build();
      await take('BTC/USDT', 'ETH/USDT', 'ABC/USDT', 'DEF/BTC');
      expect(await take('BTC/USDT', 'ETH/USDT', 'DEF/BTC BREAK')).toBe('written');
      expect(await kept()).toEqual(['(ABC abcusdt)', '(DEF defbtc)', 'BTC btcusdt', 'ETH ethusdt', 'USDT']);
      await take('BTC/USDT', 'ETH/USDT', 'ABC/EUR');
      expect(await kept()).toContain('ABC abceur');
    });

    it.each([
      ['is empty', [], 'has nothing in it that can be read'],
      ['cannot be read', ['/', 'a b/c d'], 'has nothing in it that can be read'],
      ['lacks most', ['BTC/USDT', 'NEW/USDT'], 'lacks 3 of 5 assets'],
      [
        'says of all that they are delisted',
        ['BTC/USDT BREAK', 'ETH/USDT BREAK', 'ABC/USDT BREAK', 'DEF/USDT BREAK'],
        'lacks 5 of 5 assets',
      ],
    ])('stay listed where a list %s', async (_how, pairs, words) => {
      const { take } = build();
      await take('BTC/USDT', 'ETH/USDT', 'ABC/USDT', 'DEF/USDT');
      const before = await kept();
      expect(await take(...pairs)).toEqual({ doubt: expect.stringContaining(words) });
      expect((await kept()).filter((one) => !one.startsWith('NEW'))).toEqual(before);
    });

    it('are believed to be gone, however many, once nobody has said otherwise for a day', async () => {
      const { take, clock } = build();
      await take('BTC/USDT', 'ETH/USDT', 'ABC/USDT');
      expect(await take('BTC/USDT BREAK')).not.toBe('written');
      clock.advance(23 * hour);
      expect(await take('BTC/USDT', 'ETH/USDT', 'ABC/USDT')).toBe('written');
      expect(await take('BTC/USDT BREAK')).not.toBe('written');
      clock.advance(23 * hour);
      expect(await take('BTC/USDT BREAK')).not.toBe('written');
      clock.advance(hour);
      expect(await take('BTC/USDT BREAK')).toBe('written');
      expect(await kept()).toEqual(['(ABC abcusdt)', '(BTC btcusdt)', '(ETH ethusdt)', '(USDT)']);
    });

    it('that a simulator does not name stay as the exchange had them', async () => {
      const { take, takeSimulated } = build();
      await take('BTC/USDT', 'ETH/USDT', 'ABC/USDT', 'DEF/USDT');
      expect(await takeSimulated('BTC/USDT', 'ETH/USDT BREAK', 'SIM/USDT')).toBe('written');
      expect(await kept()).toEqual([
        '(ETH ethusdt)',
        ...['ABC abcusdt', 'BTC btcusdt', 'DEF defusdt', 'SIM simusdt', 'USDT'],
      ]);
    });

    it('are written by one replica at a time, by another once that is done or gone', async () => {
      const { replica, take, leaseOf, clock } = build();
      const gone = leaseOf('gone');
      expect(await gone.take()).toBe(true);
      expect(await take('BTC/USDT')).toBe('elsewhere');
      expect(await kept()).toEqual([]);
      clock.advance(16_000);
      const { take: takeToo } = replica('two');
      for (let round = 0; round < 20; round++) {
        const quote = round % 2 === 0 ? 'USDT' : 'USDC';
        const pairs = [`BTC/${quote}`, `ETH/${quote}`, 'EUR/USDT', 'USDC/USDT'];
        const both = await Promise.all([take(...pairs), takeToo(...pairs)]);
        expect(both).toContain('written');
        const [btc, eth] = [`btc${quote}`, `eth${quote}`].map((symbol) => symbol.toLowerCase());
        expect(await kept()).toEqual([`BTC ${btc}`, `ETH ${eth}`, 'EUR', 'USDC', 'USDT']);
      }
    });

    it('are written and read in pieces, between which others are answered', async () => {
      const { lists } = build();
      const rows = (quote: string) => Array.from({ length: 3_000 }, (_, at) => listedAs(`A${at}/${quote}`));
      await lists.take({ symbols: rows('USDT'), simulated: false }, never);
      let answered = 0;
      let isDone = false;
      const taking = lists.take({ symbols: rows('USDC'), simulated: false }, never).finally(() => {
        isDone = true;
      });
      while (!isDone) {
        await postgres.db.execute(sql`select 1`);
        answered += 1;
      }
      expect(await taking).toBe('written');
      expect((await kept()).filter((one) => one.endsWith('usdc'))).toHaveLength(3_000);
      expect(await kept()).toContain('(USDT)');
      expect(answered).toBeGreaterThan(3_000 / pieceRows);
    });
  });

describeLists('in the embedded database', openEmbeddedDatabase);
const server = await shareTestPostgres();
if (server) describeLists('on a server', () => openServerDatabase(server));
