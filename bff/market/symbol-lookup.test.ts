import { createManualClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createFakeAggregator } from '../kit/bff.js';
import { createSymbolLookup } from './symbol-lookup.js';
import { createSymbols } from './symbols.js';

const setUp = async () => {
  const clock = createManualClock();
  const { fake, client } = createFakeAggregator();
  const symbols = createSymbols();
  symbols.replace(await client.symbols());
  const lookup = createSymbolLookup({ aggregator: client, symbols, clock, log: silentLogger() });
  return { clock, fake, symbols, lookup };
};
const entry = (symbol: string) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' });

it('finds a coin that was listed a moment ago, for everybody who asks for it with one question', async () => {
  const { fake, symbols, lookup } = await setUp();
  fake.coming.push(entry('newusdt'));
  await Promise.all(Array.from({ length: 50 }, () => lookup.lookAgain('newusdt')));
  expect(symbols.resolve('newusdt')).toEqual({ symbol: 'newusdt', quoteAsset: 'usdt' });
  expect(fake.looks).toBe(1);
});

it('asks nothing for what is listed, at most once in ten seconds for what is not, and once a minute for the same', async () => {
  const { clock, fake, lookup } = await setUp();
  for (let i = 0; i < 10; i++) await lookup.lookAgain('btcusdt');
  expect(fake.looks).toBe(0);
  for (let second = 0; second < 60; second++) {
    await lookup.lookAgain(`typo${second}`);
    await lookup.lookAgain();
    clock.advance(1_000);
  }
  expect(fake.looks).toBe(6);
  for (let second = 0; second < 120; second++) {
    await lookup.lookAgain('goneusdt');
    clock.advance(1_000);
  }
  expect(fake.looks).toBe(6 + 2);
});

it('leaves everything as it is while the aggregator is away', async () => {
  const { fake, symbols, lookup } = await setUp();
  fake.down = true;
  await lookup.lookAgain('newusdt');
  expect(symbols.resolve('btcusdt')).toMatchObject({ symbol: 'btcusdt' });
  expect(fake.looks).toBe(1);
});
