import { systemClock } from '@tickfolio/lib/clock';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { parseDecimal } from '@tickfolio/lib/money';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, describe, expect, it } from 'vitest';
import { migrationsFolder } from './app.js';
import { createValueHistory } from './history/value-history.js';
import { pointsOf } from './kit/bff.js';
import { createPortfolios } from './portfolio/portfolios.js';

const server = await shareTestPostgres();

describe.skipIf(!server)(
  `portfolios in a database that was set up for others (${server?.origin ?? 'none found: NOT COVERED'})`,
  () => {
    const opened: Postgres[] = [];
    afterAll(() => Promise.all(opened.map((postgres) => postgres.close())));
    const open = async (database: string, how: string, ...more: readonly string[]): Promise<Postgres> => {
      if (!server) throw new Error('no server');
      await server.createDatabase(database, how);
      for (const statement of more) await server.query(statement);
      const { host, port, user, password } = server;
      const place = { host, port, user, password, database, ...patience };
      const postgres = await openServerPostgres({
        ...place,
        migrationsFolder,
        log: silentLogger(),
        clock: systemClock,
      });
      opened.push(postgres);
      return postgres;
    };
    const anna = { userId: 'anna', userName: 'anna' };

    it('add a coin once and show its dates, where dates are written day first', async () => {
      const database = await open('day_first', '', `alter database day_first set DateStyle = 'SQL, DMY'`);
      const portfolios = createPortfolios(database.db);
      const { coin } = await portfolios.open(anna, { symbol: 'btcusdt', quoteAsset: 'usdt' }, parseDecimal('1.5'));
      expect(Math.abs(coin.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
      expect(await portfolios.read(anna)).toEqual({ version: 1, coins: [coin] });
      const history = createValueHistory(database.db);
      const fifthOfNovember = Date.parse('2026-11-05T10:00:00Z');
      await history.record('real', fifthOfNovember, [{ userId: 'anna', value: '111' }], true);
      expect(await pointsOf(history, 'real', 'anna', '30d', fifthOfNovember + 60_000)).toEqual([
        { atMs: fifthOfNovember, value: '111' },
      ]);
      await history.putOpens('real', fifthOfNovember, new Map([['btcusdt', '100']]));
      expect(await history.opens('real', '2026-11-05', ['btcusdt'])).toEqual(
        new Map([['btcusdt', { price: '100', atMs: fifthOfNovember }]]),
      );
    });

    it('find every symbol and every holder, however the locale sorts letters', async () => {
      const sorting = `template template0 encoding 'UTF8' locale_provider icu icu_locale 'tr-TR-u-kn-true'`;
      const [icu] = (await server?.query<{ found: boolean }>(
        `select exists (select from pg_collation where collprovider = 'i') as found`,
      )) ?? [{ found: false }];
      const database = await open('sorted_otherwise', icu?.found ? sorting : '');
      const portfolios = createPortfolios(database.db);
      const symbols = [
        'icpusdt',
        'ıusdt',
        'iusdt',
        '1inchusdt',
        '1000satsusdt',
        '币安人生usdt',
        'i̇usdt',
        'zrxusdt',
        'çusdt',
      ];
      const users = ['I', 'i', 'ı', 'İ', 'user-10', 'user-9', 'USER-9'];
      for (const userId of users)
        for (const symbol of symbols)
          await portfolios.open({ userId, userName: userId }, { symbol, quoteAsset: 'usdt' }, parseDecimal('1'));
      expect((await portfolios.symbols()).map(({ symbol }) => symbol).sort()).toEqual([...symbols].sort());
      const history = createValueHistory(database.db);
      const found: string[] = [];
      for (
        let page = await history.holders('', 2);
        page.length > 0;
        page = await history.holders(found.at(-1) ?? '', 2)
      )
        found.push(...page);
      expect(found.sort()).toEqual([...users].sort());
    });
  },
);
