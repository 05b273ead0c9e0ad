import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createSymbolList } from './symbol-list.js';

const listed = (...names: string[]) =>
  names.map((symbol) => ({ symbol, baseAsset: 'A', quoteAsset: 'USDT', status: 'TRADING', tickSize: '1', stepSize: '1' }));

const build = () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const state = { answer: new AppError('unavailable', 'not read yet') as AppError | ListSymbolsResponse, changes: 0 };
  const feed = {
    listSymbols: async (knownRevision: string) => {
      asked.push(knownRevision);
      if (state.answer instanceof AppError) throw state.answer;
      return state.answer;
    },
  };
  const list = createSymbolList({ clock, feed, log: silentLogger(), changed: () => state.changes++ });
  return { clock, asked, state, list };
};

describe('the symbol list', () => {
  it('is asked for until it is there, ever less often', async () => {
    const { clock, asked, state, list } = build();
    await clock.advanceAsync(10_000);
    expect(list).toMatchObject({ known: false, fault: 'not read yet' });
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.length).toBeLessThan(16);
    state.answer = { revision: 'r1', symbols: listed('btcusdt'), simulated: true };
    await clock.advanceAsync(2_000);
    expect(list).toMatchObject({ known: true, revision: 'r1', simulated: true, fault: undefined });
    expect(list.has('btcusdt')).toBe(true);
    expect(state.changes).toBe(1);
    list.close();
  });

  it('stays as it is while its revision is current or nobody answers', async () => {
    const { clock, asked, state, list } = build();
    state.answer = { revision: 'r1', symbols: listed('btcusdt'), simulated: false };
    await clock.advanceAsync(300);
    state.answer = { revision: 'r1', symbols: [], simulated: true };
    await clock.advanceAsync(10_000);
    expect(asked.at(-1)).toBe('r1');
    expect(list.has('btcusdt')).toBe(true);
    expect(list.simulated).toBe(true);
    state.answer = new AppError('unavailable', 'gone');
    await clock.advanceAsync(10_000);
    expect(list).toMatchObject({ known: true, fault: 'gone' });
    expect(list.has('btcusdt')).toBe(true);
    state.answer = { revision: 'r2', symbols: listed('ethusdt'), simulated: false };
    await clock.advanceAsync(2_000);
    expect(list.has('btcusdt')).toBe(false);
    expect(state.changes).toBe(2);
    list.close();
  });

  it('asks nothing after it was closed', async () => {
    const { clock, asked, list } = build();
    list.close();
    await clock.advanceAsync(60_000);
    expect(asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
