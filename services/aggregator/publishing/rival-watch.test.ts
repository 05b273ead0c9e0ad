import { createManualClock } from '@tickfolio/lib/clock';
import type { PublishedThrough } from '@tickfolio/lib/price-bus';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { watchRivals } from './rival-watch.js';

const markAt = (symbol: string, second: number, by: string, revision = 1): PublishedThrough => {
  const last = { second, tradeId: second, tradeTimeMs: second, revision, final: true };
  return { symbol, last, later: [], by };
};

/** An aggregator that published two symbols and cannot hear the group; `kept` is what the server has. */
const build = () => {
  const clock = createManualClock();
  const kept = new Map(['btcusdt', 'ethusdt'].map((symbol) => [symbol, markAt(symbol, 5_000, 'me')]));
  const published = new Map(kept);
  const state = { yielded: 0, fault: 'Kafka is away' as string | undefined };
  const watch = watchRivals({
    clock,
    log: silentLogger(),
    by: 'me',
    priceBus: { through: async () => new Map(kept), keepThrough: (mark) => void kept.set(mark.symbol, mark) },
    gate: { published },
    shares: {
      get fault() {
        return state.fault;
      },
      get certain() {
        return state.yielded === 0;
      },
      yield: () => void state.yielded++,
    },
  });
  const look = () => clock.advanceAsync(1_000);
  return { kept, published, state, look, close: () => watch.close() };
};

describe('an aggregator that cannot hear the group', () => {
  it('goes on when the server came back with an older copy of its data, and puts its own marks back', async () => {
    const { kept, published, state, look, close } = build();
    kept.set('ethusdt', markAt('ethusdt', 1_000, 'a former owner'));
    kept.set('btcusdt', markAt('btcusdt', 5_000, 'a former owner', 0));
    for (let i = 0; i < 3; i++) await look();
    expect(state.yielded).toBe(0);
    expect(kept).toEqual(published);
    close();
  });

  it.each([
    ['ahead', 6_000],
    ['as far', 5_000],
  ])('gives way to another one that is %s', async (_how, second) => {
    const { kept, state, look, close } = build();
    kept.set('ethusdt', markAt('ethusdt', second, 'another'));
    await look();
    expect(state.yielded).toBe(1);
    close();
  });

  it('gives way to one that is behind and goes on', async () => {
    const { kept, state, look, close } = build();
    kept.set('ethusdt', markAt('ethusdt', 2_000, 'a slow one'));
    await look();
    expect(state.yielded).toBe(0);
    kept.set('ethusdt', markAt('ethusdt', 3_000, 'a slow one'));
    await look();
    expect(state.yielded).toBe(1);
    close();
  });

  it('asks nothing while the group is heard', async () => {
    const { kept, state, look, close } = build();
    state.fault = undefined;
    kept.set('ethusdt', markAt('ethusdt', 9_000, 'the new owner'));
    await look();
    expect([state.yielded, kept.get('ethusdt')?.by]).toEqual([0, 'the new owner']);
    close();
  });
});
