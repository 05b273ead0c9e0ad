import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { migrationsFolder } from '../app.js';
import { openTestPostgres } from '../kit/bff.js';
import { createKeptListings, type Listing } from './kept-listings.js';
import { startListingKeeper } from './listing-keeper.js';
import type { Kind } from './portfolio-value.js';
import { createSymbols } from './symbols.js';

const entry = (symbol: string, quoteAsset: string) => ({ symbol, quoteAsset, status: 'TRADING' });

it('keeps of each list what is new, again after a fault, and real and simulated ones apart', async () => {
  const clock = createManualClock(0);
  const symbols = createSymbols();
  const written: { readonly kind: Kind; readonly symbols: readonly string[] }[] = [];
  let isAway = true;
  const write = async (kind: Kind, listings: readonly Listing[]) => {
    if (isAway) throw new AppError('unavailable', 'The database is away.');
    written.push({ kind, symbols: listings.map(({ symbol }) => symbol) });
  };
  const keeper = startListingKeeper({ symbols, listings: { write }, clock, log: silentLogger() });
  const pass = async (ms: number) => {
    clock.advance(ms);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  await pass(1_000);
  symbols.replace({
    revision: 'a',
    simulated: false,
    symbols: [entry('btcusdt', 'USDT'), entry('btcusdt', 'USDT'), entry('odd', 'EUR')],
  });
  await pass(1_000);
  isAway = false;
  await pass(29_999);
  expect(written).toEqual([]);
  await pass(1);
  expect(written).toEqual([{ kind: 'real', symbols: ['btcusdt'] }]);
  symbols.replace({ revision: 'b', simulated: false, symbols: [entry('btcusdt', 'USDT'), entry('ethbtc', 'BTC')] });
  await pass(1_000);
  symbols.replace({ revision: 'c', simulated: true, symbols: [entry('ethbtc', 'BTC')] });
  await pass(1_000);
  await pass(60_000);
  expect(written.slice(1)).toEqual([
    { kind: 'real', symbols: ['ethbtc'] },
    { kind: 'simulated', symbols: ['ethbtc'] },
  ]);
  keeper.close();
});
it('keeps the newest word about a symbol, of more than one statement has', async () => {
  const postgres = await openTestPostgres();
  const kept = createKeptListings(postgres.db);
  await kept.write('real', []);
  await kept.write('real', [
    ...Array.from({ length: 1_200 }, (_, at) => ({ symbol: `c${at}usdt`, quoteAsset: 'USDT' })),
    { symbol: 'abtusd', quoteAsset: 'USD' },
  ]);
  expect(await kept.read('real', 'c1199usdt')).toEqual({ BaseAsset: 'C1199', QuoteAsset: 'USDT' });
  await kept.write('real', [{ symbol: 'abtusd', quoteAsset: 'TUSD' }]);
  expect(await kept.read('real', 'abtusd')).toEqual({ BaseAsset: 'AB', QuoteAsset: 'TUSD' });
  expect(await kept.read('simulated', 'abtusd')).toBeUndefined();
  await postgres.close();
});
it('knows over an update what was held and priced before it', async () => {
  const postgres = await openTestPostgres();
  const run = (text: string) => postgres.db.execute(sql.raw(text));
  await run("insert into profiles (id, name) values ('u', 'maria')");
  await run(
    "insert into coins (user_id, symbol, quote_asset, quantity) values ('u', 'lunabusd', 'busd', 0), ('u', 'ethbtc', 'btc', 1)",
  );
  await run(
    "insert into last_prices (symbol, simulated, price, trade_time, trade_id, received_at) values ('lunabusd', false, 1, now(), 1, now())",
  );
  const name = readdirSync(migrationsFolder).find((file) => file.endsWith('_listed_symbols.sql')) ?? '';
  const [, seed = ''] = readFileSync(join(migrationsFolder, name), 'utf8').split('--> statement-breakpoint');
  await run(seed);
  const kept = createKeptListings(postgres.db);
  expect(await kept.read('real', 'lunabusd')).toEqual({ BaseAsset: 'LUNA', QuoteAsset: 'BUSD' });
  expect(await kept.read('simulated', 'lunabusd')).toBeUndefined();
  expect(await kept.read('real', 'ethbtc')).toBeUndefined(); // Of which kind it was nobody knows.
  await postgres.close();
});
