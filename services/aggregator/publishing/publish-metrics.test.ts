import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { startMs } from '../kit/tape.js';
import { measurePublishing } from './publish-metrics.js';

/** Publishing over a server that takes what comes, drops it, or is away. */
const build = () => {
  const clock = createManualClock(startMs);
  const metrics = createMetrics('aggregator');
  const pubsub = createMemoryPubSub();
  const state = { server: 'takes' as 'takes' | 'drops' | 'is away' };
  const priceBus = createPriceBus({
    ...pubsub,
    publish: (...given) => void (state.server === 'takes' && pubsub.publish(...given)),
    read: (keys) =>
      state.server === 'is away' ? Promise.reject(new AppError('unavailable', 'away')) : pubsub.read(keys),
  });
  const measured = measurePublishing({ priceBus, metrics, clock, log: silentLogger(), exchangeNow: clock.now });
  let tradeId = 0;
  /** A price a second, as long as that. */
  const play = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      await clock.advanceAsync(900);
      measured.publishPrice({ symbol: 'btcusdt', price: '1', timeMs: clock.now(), tradeId: ++tradeId });
      await clock.advanceAsync(100);
    }
  };
  const ageMs = async () => {
    const line = (await metrics.text())
      .split('\n')
      .find((text) => text.startsWith('tickfolio_aggregator_last_publish_timestamp_seconds '));
    return clock.now() - Number(line?.split(' ')[1]) * 1_000;
  };
  return { clock, state, play, ageMs, close: () => measured.close() };
};

describe('the time of the last publication in the metrics', () => {
  it('stands still while Redis drops or refuses what is published, or is away, and goes on afterwards', async () => {
    const { clock, state, play, ageMs, close } = build();
    await play(3);
    expect(await ageMs()).toBeLessThanOrEqual(1_000);
    for (const server of ['drops', 'is away'] as const) {
      state.server = server;
      await play(60);
      expect(await ageMs()).toBeGreaterThanOrEqual(60_000);
      state.server = 'takes';
      await play(2);
      expect(await ageMs()).toBeLessThanOrEqual(1_000);
    }
    close();
    expect(clock.pending).toBe(0);
  });
});
