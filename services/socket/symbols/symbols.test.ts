import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createLogger, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.js';
import { createSymbols } from './symbols.js';

const hourMs = 3_600_000;
const entry = (symbol: string, status: string): ListedSymbol => ({
  symbol,
  status,
  baseAsset: symbol.slice(0, -4).toUpperCase(),
  quoteAsset: 'USDT',
  tickSize: '0.01',
  stepSize: '0.001',
  paused: false,
  orderTypes: [],
});

/** An exchange whose list a test writes, and a clock it moves. `oldusdt` was delisted long ago. */
const start = async (
  given: Record<string, string> = { btcusdt: 'TRADING', ethusdt: 'TRADING', bnbusdt: 'TRADING', oldusdt: 'BREAK' },
) => {
  const clock = createManualClock();
  const exchange = { listed: given, readings: [] as number[], slowMs: 0, fault: undefined as AppError | undefined };
  const read = async () => {
    exchange.readings.push(clock.monotonic());
    if (exchange.slowMs > 0) await new Promise<void>((resolve) => clock.after(exchange.slowMs, resolve));
    if (exchange.fault) throw exchange.fault;
    return {
      symbols: Object.entries(exchange.listed).map(([symbol, status]) => entry(symbol, status)),
      simulated: false,
    };
  };
  const symbols = createSymbols(
    { clock, log: silentLogger(), random: () => 1, read, changed: () => undefined },
    defaultLimits,
  );
  await clock.advanceAsync(0);
  const all = (status: string) => {
    exchange.listed = Object.fromEntries(Object.keys(exchange.listed).map((symbol) => [symbol, status]));
  };
  const standing = () =>
    Object.fromEntries(
      symbols.current?.symbols.map(({ symbol, status, paused }) => [symbol, paused ? 'paused' : status]) ?? [],
    );
  /** The readings since, as times between them. */
  const rhythm = async (forMs: number) => {
    const from = exchange.readings.length - 1;
    await clock.advanceAsync(forMs);
    return exchange.readings.slice(from).flatMap((at, i, list) => (i === 0 ? [] : [at - (list[i - 1] ?? 0)]));
  };
  return { clock, exchange, symbols, all, standing, rhythm };
};

describe('a symbol that does not trade', () => {
  it('pauses while everything does, for maintenance, and what was gone before stays gone', async () => {
    const { clock, symbols, all, standing, exchange } = await start();
    expect(standing()).toEqual({ btcusdt: 'TRADING', ethusdt: 'TRADING', bnbusdt: 'TRADING', oldusdt: 'BREAK' });
    all('BREAK');
    await clock.advanceAsync(600_000);
    expect(standing()).toEqual({ btcusdt: 'paused', ethusdt: 'paused', bnbusdt: 'paused', oldusdt: 'paused' }); // Nothing trades: nobody can tell.
    exchange.listed = { btcusdt: 'TRADING', ethusdt: 'TRADING', bnbusdt: 'TRADING', oldusdt: 'BREAK' };
    await clock.advanceAsync(15_000);
    expect(standing()).toEqual({ btcusdt: 'TRADING', ethusdt: 'TRADING', bnbusdt: 'TRADING', oldusdt: 'BREAK' });
    await symbols.close();
  });

  it('pauses also for a service that is started in the middle of maintenance', async () => {
    const { symbols, standing } = await start({
      btcusdt: 'BREAK',
      ethusdt: 'BREAK',
      bnbusdt: 'BREAK',
      oldusdt: 'BREAK',
    });
    expect(new Set(Object.values(standing()))).toEqual(new Set(['paused']));
    await symbols.close();
  });

  it('alone is gone after a day, and paused until then; one that was gone when first seen is gone', async () => {
    const { clock, exchange, symbols, standing } = await start();
    const before = symbols.current?.revision;
    exchange.listed = { ...exchange.listed, ethusdt: 'BREAK' };
    await clock.advanceAsync(600_000);
    expect(standing()).toMatchObject({ btcusdt: 'TRADING', ethusdt: 'paused', oldusdt: 'BREAK' });
    const paused = symbols.current?.revision;
    await clock.advanceAsync(24 * hourMs);
    expect(standing()).toMatchObject({ btcusdt: 'TRADING', ethusdt: 'BREAK', oldusdt: 'BREAK' });
    expect(new Set([before, paused, symbols.current?.revision]).size).toBe(3); // So that everybody hears of it.
    await symbols.close();
  });

  it('pauses for as long as the exchange has another word for it than BREAK', async () => {
    const { clock, symbols, standing } = await start({
      btcusdt: 'TRADING',
      ethusdt: 'HALT',
      bnbusdt: 'CANCEL_ONLY',
      newusdt: 'BRAND_NEW_WORD',
    });
    await clock.advanceAsync(48 * hourMs);
    expect(standing()).toEqual({ btcusdt: 'TRADING', ethusdt: 'paused', bnbusdt: 'paused', newusdt: 'paused' });
    await symbols.close();
  });

  it('is looked at every 15 s while most do not trade, every minute in the first hour where it is one, else every 10 minutes', async () => {
    const { clock, exchange, symbols, all, rhythm } = await start();
    expect(await rhythm(1_200_000)).toEqual([600_000, 600_000]);
    exchange.listed = { ...exchange.listed, ethusdt: 'BREAK' };
    await clock.advanceAsync(600_000);
    expect(await rhythm(120_000)).toEqual([60_000, 60_000]);
    await clock.advanceAsync(hourMs);
    expect((await rhythm(1_200_000)).at(-1)).toBe(600_000);
    all('BREAK');
    await clock.advanceAsync(600_000);
    expect(await rhythm(60_000)).toEqual([15_000, 15_000, 15_000, 15_000]);
    await symbols.close();
  });
});

describe('filters that cannot be read', () => {
  it('are said in the log once, with how many there are, and cost the list nothing', async () => {
    const lines: { readonly msg?: string; readonly filters?: number; readonly such?: readonly string[] }[] = [];
    const log = createLogger('socket', 'warn', (line) => void lines.push(JSON.parse(line)));
    const badFilters = Array.from({ length: 7 }, (_, i) => `COIN${i}USDT LOT_SIZE.minQty`);
    const clock = createManualClock();
    const read = async () => ({ symbols: [entry('btcusdt', 'TRADING')], simulated: false, badFilters });
    const symbols = createSymbols({ clock, log, random: () => 1, read, changed: () => undefined }, defaultLimits);
    await clock.advanceAsync(hourMs);
    expect(symbols.listing('btcusdt')).toBe('TRADING');
    expect(lines).toEqual([expect.objectContaining({ filters: 7, such: badFilters.slice(0, 5) })]);
    await symbols.close();
  });
});

describe('a symbol that somebody asks for and that is not listed', () => {
  it('makes the list be read at once, and at most once more in 10 s, however many ask', async () => {
    const { clock, exchange, symbols } = await start();
    await clock.advanceAsync(1_000);
    exchange.listed = { ...exchange.listed, newusdt: 'TRADING' };
    exchange.slowMs = 500;
    const asked = Promise.all(Array.from({ length: 50 }, () => symbols.lookAgain()));
    await clock.advanceAsync(500);
    await asked;
    expect([symbols.listing('newusdt'), exchange.readings.length]).toEqual(['TRADING', 2]);
    for (let second = 0; second < 60; second++) {
      void symbols.lookAgain();
      await clock.advanceAsync(1_000);
    }
    expect(exchange.readings.length).toBe(2 + 5);
    await symbols.close();
  });

  it('is answered from the list that is known where reading takes long, and the longer reading still counts', async () => {
    const { clock, exchange, symbols } = await start();
    exchange.listed = { ...exchange.listed, newusdt: 'TRADING' };
    exchange.slowMs = 9_000;
    let answered = false;
    void symbols.lookAgain().then(() => (answered = true));
    await clock.advanceAsync(4_000);
    expect([answered, symbols.listing('newusdt')]).toEqual([true, 'absent']);
    await clock.advanceAsync(5_000);
    expect(symbols.listing('newusdt')).toBe('TRADING');
    await symbols.close();
  });

  it('does not make an exchange be asked that refuses or fails', async () => {
    const { clock, exchange, symbols } = await start();
    exchange.fault = new AppError('resource_exhausted', 'The exchange has banned this address for a while.', {
      retryAfterMs: 120_000,
    });
    await clock.advanceAsync(600_000);
    const before = exchange.readings.length;
    for (let i = 0; i < 10; i++) await symbols.lookAgain();
    await clock.advanceAsync(100_000);
    expect(exchange.readings.length).toBe(before);
    await symbols.close();
    await symbols.lookAgain();
    expect(exchange.readings.length).toBe(before);
  });
});
