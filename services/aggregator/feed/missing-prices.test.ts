import { describe, expect, it } from 'vitest';
import { toTrade, tradeAt } from '../kit/tape.js';
import type { HistoryRow } from '../tape/trade.js';
import { createMissingPrices } from './missing-prices.js';

const signal = new AbortController().signal;
const read = (id: number): HistoryRow => toTrade(tradeAt(id, 0));
const unread = (id: number): HistoryRow => ({ id, fault: 'it has too many digits' });
/** Prices of one symbol whose history answers with these pages, one after the other. */
const rig = (...pages: HistoryRow[][]) => {
  const missing = createMissingPrices({ listTrades: async () => pages.shift() ?? [] }, (spelling) =>
    spelling === 'BTCUSDT' ? 'btcusdt' : undefined,
  );
  const ask = (fromId?: number) => missing.listTrades('btcusdt', { fromId, limit: 1_000 }, signal);
  return { missing, ask, why: () => missing.of('btcusdt') };
};

describe('why a coin has no price', () => {
  it('is that its newest trade cannot be read, also when older ones can', async () => {
    const { ask, why } = rig(
      [unread(42)],
      [read(40), unread(41), unread(42)],
      [read(39), read(40)],
      [unread(42), read(43)],
    );
    for (const expected of ['unreadable', 'unreadable', 'unreadable', undefined]) {
      await ask();
      expect(why()).toBe(expected);
    }
  });

  it('is not an older trade that cannot be read', async () => {
    const { missing, ask, why } = rig([unread(7)], []);
    missing.came('btcusdt', 9);
    await ask(7);
    expect(why()).toBeUndefined();
    await ask();
    expect(why()).toBeUndefined();
  });

  it('is that it never traded, until it does', async () => {
    const { missing, ask, why } = rig([], []);
    await ask(5);
    expect(why()).toBeUndefined();
    await ask();
    expect(why()).toBe('never-traded');
    missing.came('btcusdt', 0);
    expect(why()).toBeUndefined();
  });

  it('is told of a trade in whatever way its JSON is written, with or without an id', () => {
    const trade = { e: 'aggTrade', s: 'BTCUSDT', a: 7, p: '0' };
    const plain = JSON.stringify(trade);
    const ways = [
      plain,
      JSON.stringify(trade, undefined, 1),
      plain.replace('B', '\\u0042'),
      plain.replace('7', '"seven"'),
    ];
    for (const payload of ways) {
      const { missing, why } = rig();
      missing.unreadable(payload);
      expect(why()).toBe('unreadable');
    }
    const { missing, why } = rig();
    for (const payload of ['', 'null', '[]', '7', '{"s":7}', '{"s":"ETHUSDT"}']) missing.unreadable(payload);
    expect(why()).toBeUndefined();
  });

  it('goes with the first trade that comes by the stream, though the exchange counts anew', async () => {
    const { missing, ask, why } = rig([unread(42)]);
    await ask();
    missing.came('btcusdt', 1);
    expect(why()).toBeUndefined();
  });
});
