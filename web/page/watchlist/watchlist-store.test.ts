import { Problem } from '@tickfolio/client/problem';
import { describe, expect, it } from 'vitest';
import { createWatchlistStore } from './watchlist-store.js';

interface Call {
  readonly method: string;
  readonly path: string;
  answer(version: number, ...symbols: string[]): void;
  fail(status: number): void;
}

const listOf = (version: number, symbols: readonly string[]) => ({
  version,
  watchlist: symbols.map((symbol) => ({ symbol, asset: symbol.slice(0, -4).toUpperCase(), addedAt: '' })),
});
const setUp = () => {
  const calls: Call[] = [];
  const present = { isSame: true };
  const store = createWatchlistStore({
    isOfPresent: () => present.isSame,
    call: (method, path) =>
      new Promise((resolve, reject) => {
        const answer = (version: number, ...symbols: string[]) => resolve(listOf(version, symbols));
        calls.push({ method, path, answer, fail: (status) => reject(new Problem(status, 'no')) });
      }),
  });
  const shown = () => store.watched && [...store.watched.keys()];
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { store, calls, shown, settle, present };
};

describe('the watchlist of a page', () => {
  it('is not known until it was read, and shows a star at once, before the server has it', async () => {
    const { store, calls, shown, settle } = setUp();
    expect(shown()).toBeUndefined();
    store.take(listOf(1, ['btcusdt']));
    const done = store.want('ethusdt', 'ETH');
    expect(shown()).toEqual(['btcusdt', 'ethusdt']);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /api/v1/watchlist/ethusdt']);
    calls[0]?.answer(2, 'btcusdt', 'ethusdt');
    await done;
    const gone = store.want('btcusdt', undefined);
    expect(shown()).toEqual(['ethusdt']);
    calls[1]?.answer(3, 'ethusdt');
    await gone;
    await settle();
    expect([shown(), calls.length]).toEqual([['ethusdt'], 2]);
  });

  it('shows what was before where a change fails, and says why', async () => {
    const { store, calls, shown } = setUp();
    store.take(listOf(1, ['btcusdt']));
    const added = store.want('ethusdt', 'ETH');
    calls[0]?.fail(503);
    await expect(added).rejects.toMatchObject({ status: 503 });
    expect(shown()).toEqual(['btcusdt']);
    const removed = store.want('btcusdt', undefined);
    calls[1]?.fail(0);
    await expect(removed).rejects.toMatchObject({ status: 0 });
    expect(shown()).toEqual(['btcusdt']);
  });

  it('of a star pressed many times tells the last wish', async () => {
    const { store, calls, shown, settle } = setUp();
    store.take(listOf(1, []));
    const first = store.want('ethusdt', 'ETH');
    for (const asset of [undefined, 'ETH', undefined]) await store.want('ethusdt', asset);
    expect(shown()).toEqual([]);
    calls[0]?.answer(2, 'ethusdt');
    await settle();
    expect(shown()).toEqual([]);
    expect(calls.map(({ method }) => method)).toEqual(['PUT', 'DELETE']);
    calls[1]?.answer(3);
    await first;
    expect([shown(), calls.length]).toEqual([[], 2]);
  });

  it('goes on where the service was restored from an older copy, and still takes no late answer for a new one', async () => {
    const { store, calls, shown } = setUp();
    store.take(listOf(9, ['btcusdt', 'ethusdt']));
    const added = store.want('solusdt', 'SOL');
    calls[0]?.answer(4, 'btcusdt', 'solusdt');
    await added;
    expect(shown()).toEqual(['btcusdt', 'solusdt']);
    const [one, other] = [store.want('ethusdt', 'ETH'), store.want('adausdt', 'ADA')];
    calls[2]?.answer(6, 'btcusdt', 'solusdt', 'ethusdt', 'adausdt');
    await other;
    calls[1]?.answer(5, 'btcusdt', 'solusdt', 'ethusdt');
    await one;
    expect(shown()).toEqual(['btcusdt', 'solusdt', 'ethusdt', 'adausdt']);
  });

  it('tells nothing more once somebody else is signed in', async () => {
    const { store, calls, present } = setUp();
    store.take(listOf(1, []));
    const wish = store.want('ethusdt', 'ETH');
    await store.want('ethusdt', undefined);
    present.isSame = false;
    calls[0]?.answer(2, 'ethusdt');
    await wish;
    expect(calls.map(({ method }) => method)).toEqual(['PUT']);
  });

  it('keeps the newest list, however late an older answer comes', () => {
    const { store, shown } = setUp();
    store.take(listOf(3, ['btcusdt', 'ethusdt']));
    store.take(listOf(2, ['btcusdt']));
    expect(shown()).toEqual(['btcusdt', 'ethusdt']);
    store.take(listOf(4, []));
    expect(shown()).toEqual([]);
  });
});
