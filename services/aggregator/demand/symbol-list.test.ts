import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createSymbolList, symbolListDefaults } from './symbol-list.js';

const listed = (...names: string[]) =>
  names.map((symbol) => ({
    symbol,
    baseAsset: 'A',
    quoteAsset: 'USDT',
    status: 'TRADING',
    tickSize: '1',
    stepSize: '1',
    paused: false,
    orderTypes: [],
  }));

const build = () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const fresh: boolean[] = [];
  const state = {
    slowMs: 0,
    answer: new AppError('unavailable', 'not read yet') as AppError | ListSymbolsResponse,
    changes: 0,
  };
  const feed = {
    listSymbols: async (knownRevision: string, isFresh: boolean) => {
      asked.push(knownRevision);
      fresh.push(isFresh);
      const { answer, slowMs } = state;
      if (slowMs > 0) await new Promise<void>((resolve) => clock.after(slowMs, resolve));
      if (slowMs > 0 && !(answer instanceof AppError))
        return answer.revision === knownRevision ? { ...answer, symbols: [] } : answer;
      if (state.answer instanceof AppError) throw state.answer;
      return state.answer;
    },
  };
  const longest = { ...symbolListDefaults, random: () => 0.999_999 };
  const list = createSymbolList({ clock, feed, log: silentLogger(), changed: () => state.changes++ }, longest);
  return { clock, asked, fresh, state, list };
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

  it('has the exchange asked again once for all who look for what is not listed, and is never left empty by answers that cross', async () => {
    const { clock, asked, fresh, state, list } = build();
    state.answer = { revision: 'r1', symbols: listed('btcusdt'), simulated: false };
    await clock.advanceAsync(100);
    const before = asked.length;
    state.slowMs = 400;
    await clock.advanceAsync(3_000); // The regular question is on its way, with r1 in it.
    state.answer = { revision: 'r2', symbols: listed('btcusdt', 'newusdt'), simulated: false };
    const looked = Promise.all([list.lookAgain(), list.lookAgain(), list.lookAgain()]);
    await clock.advanceAsync(800);
    await looked;
    expect([list.revision, list.has('btcusdt'), list.has('newusdt')]).toEqual(['r2', true, true]);
    expect(fresh.slice(before).filter(Boolean)).toHaveLength(1);
    state.answer = new AppError('unavailable', 'gone');
    const failed = list.lookAgain();
    await clock.advanceAsync(800);
    await failed;
    expect([list.has('newusdt'), fresh.slice(before).filter(Boolean).length]).toEqual([true, 2]);
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
