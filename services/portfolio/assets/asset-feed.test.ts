import { until } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { createFakeSocket } from '../kit/listed-symbols.js';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';
import { assets } from '../postings/tables.js';

const minute = 60_000;
/** The test's clock goes minutes ahead while the database answers in its own time. */
const patient = { healthTimeoutMs: 1_000 * minute };

describe('what is known of assets', () => {
  let postgres: Postgres;
  const opened: { close(): unknown }[] = [];
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
  });
  beforeEach(async () => {
    await postgres.db.execute(sql`truncate assets`);
  });
  afterEach(async () => {
    for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
  });
  afterAll(() => postgres?.close());
  const listed = async () => {
    const rows = await postgres.db.select().from(assets);
    return rows.flatMap(({ asset, listed }) => (listed ? [asset] : [])).sort();
  };
  const build = async (...pairs: readonly string[]) => {
    const exchange = createFakeSocket(...pairs);
    const service = await startTestPortfolio(postgres, patient, undefined, undefined, exchange);
    opened.push(service);
    const user = service.somebody();
    const paperOf = async () => (await user.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
    const paper = await paperOf();
    const held = async (of = paper) =>
      (await user.balances(of)).balances.map(({ asset, via, available }) => `${asset} ${via} ${available}`).sort();
    const fund = (asset: string, quantity = '1') => user.fund(paper, quantity, undefined, asset);
    return { ...service, asked: exchange.asked, user, paper, held, fund };
  };

  it('comes from the socket service at the start, and is asked for again every minute', async () => {
    const { clock, exchange, asked } = await build('BTC/USDT');
    await until(async () => (await listed()).join() === 'BTC,USDT');
    expect(asked).toEqual(['']);
    exchange.pairs = ['BTC/USDT', 'ETH/USDT'];
    await until(async () => {
      await clock.advanceAsync(minute);
      return (await listed()).join() === 'BTC,ETH,USDT';
    });
    await until(async () => {
      await clock.advanceAsync(minute);
      return asked.length >= 4;
    });
    // Known by its revision, so that nothing is sent twice.
    expect(asked.at(-1)).toContain('ethusdt');
  });

  it('decides by what paper money in an asset is valued, and in what it is given at all', async () => {
    const { fund, held, user, paper } = await build('BTC/USDT', 'USDC/USDT', 'OLD/USDT BREAK');
    await until(async () => (await listed()).length > 0);
    await fund('btc', '0.5');
    await fund('USDC', '7');
    expect(await held()).toEqual(['BTC btcusdt 0.5', 'USDC  7', 'USDT  10000']);
    for (const unknown of ['NOSUCH', 'OLD']) {
      await expect(fund(unknown)).rejects.toMatchObject({
        code: 'unprocessable',
        problem: 'unknown-asset',
        message: `The exchange does not list ${unknown}; nothing was changed.`,
        fields: [{ field: 'asset', reason: 'unknown-asset' }],
      });
    }
    expect((await user.balances(paper)).version).toBe(3);
  });

  it('may be nothing while the socket service is away: then all works, in USDT, and /ready says it', async () => {
    const exchange = createFakeSocket('BTC/USDT');
    exchange.state.isAway = true;
    const service = await startTestPortfolio(postgres, patient, undefined, undefined, exchange);
    opened.push(service);
    const user = service.somebody();
    const paper = (await user.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
    expect(await user.fund(paper, '5')).toMatchObject({ asset: 'USDT', available: '10005' });
    await expect(user.fund(paper, '5', undefined, 'BTC')).rejects.toMatchObject({
      problem: 'unknown-asset',
      message: 'Which assets there are is not known yet, but for USDT; please try again soon.',
    });
    expect([await service.ready(), await service.faultOf('socket')]).toEqual([
      200,
      expect.stringContaining('The socket service cannot be reached'),
    ]);
    exchange.state.isAway = false;
    await until(async () => {
      await service.clock.advanceAsync(minute);
      return (await service.faultOf('socket')) === undefined;
    });
    expect(await reasonOf(user.fund(paper, '5', undefined, 'BTC'))).toBe('done');
  });

  it('stays while the socket service is away, and while its list cannot be right, which /ready says in words', async () => {
    const { clock, exchange, fund, ready, faultOf } = await build('BTC/USDT', 'ETH/USDT', 'ABC/USDT');
    await until(async () => (await listed()).length === 4);
    exchange.isAway = true;
    for (let minutes = 0; minutes < 5; minutes++) await clock.advanceAsync(minute);
    expect(await reasonOf(fund('ETH'))).toBe('done');
    exchange.isAway = false;
    exchange.pairs = [];
    await until(async () => {
      await clock.advanceAsync(minute);
      return (await faultOf('socket'))?.includes('nothing in it that can be read');
    });
    exchange.pairs = ['BTC/USDT BREAK'];
    await until(async () => {
      await clock.advanceAsync(minute);
      return (await faultOf('socket'))?.includes('lacks 4 of 4 assets');
    });
    expect([await ready(), await reasonOf(fund('ABC'))]).toEqual([200, 'done']);
    exchange.pairs = ['BTC/USDT', 'ETH/USDT'];
    await until(async () => {
      await clock.advanceAsync(minute);
      return (await faultOf('socket')) === undefined;
    });
    expect(await listed()).toEqual(['BTC', 'ETH', 'USDT']);
    expect(await reasonOf(fund('ABC'))).toBe('unknown-asset');
  });

  it('makes no cash of what began before it was known, and no digit of it is another', async () => {
    const { held, paper, user, fund } = await build('BTC/USDT');
    await until(async () => (await listed()).length === 2);
    // As a build of before wrote it, when nothing fed the table.
    await postgres.db.execute(sql`truncate assets`);
    await postgres.db.execute(
      sql`insert into assets values ('BTC', 'crypto', '', null, true, now()), ('USDT', 'stable', '', null, true, now())`,
    );
    await fund('BTC', '0.123456789012345678');
    expect(await held()).toEqual(['BTC  0.123456789012345678', 'USDT  10000']);
    await postgres.db.execute(sql`update assets set default_via = 'btcusdt', quote_asset = 'USDT' where asset = 'BTC'`);
    expect(await held()).toEqual(['BTC btcusdt 0.123456789012345678', 'USDT  10000']);
    await fund('BTC', '1');
    expect(await held()).toEqual(['BTC btcusdt 1.123456789012345678', 'USDT  10000']);
    const { id: other } = await user.create({ name: 'Other', kind: 'paper' });
    await user.transfer(paper, other, '0.023456789012345678', '', 'BTC');
    expect([await held(), await held(other)]).toEqual([
      ['BTC btcusdt 1.1', 'USDT  10000'],
      ['BTC btcusdt 0.023456789012345678'],
    ]);
    expect(await faultsIn(postgres.db)).toEqual([]);
  });
});
