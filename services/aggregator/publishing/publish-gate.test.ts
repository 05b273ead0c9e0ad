import { createManualClock } from '@tickfolio/lib/clock';
import type { GroupMember, Membership } from '@tickfolio/lib/event-log';
import type { SecondStat } from '@tickfolio/lib/price-bus';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createTally } from '../tally.js';
import { createPublishGate } from './publish-gate.js';
import { joinShares, shareCount } from './shares.js';

const stat = (symbol: string, second: number): SecondStat => ({
  symbol,
  second,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '1',
  quoteVolume: '1',
  trades: 1,
  firstTradeId: second,
  lastTradeId: second,
  lastTradeTime: second,
  complete: true,
  revision: 0,
});

describe('the publishing gate', () => {
  const setUp = (maxWaiting?: number) => {
    const sent: string[] = [];
    const state = { certain: true };
    const tally = createTally();
    const priceBus = {
      publish: ({ symbol, second }: SecondStat) => void sent.push(`${symbol} ${second}`),
      publishPrice: ({ symbol, tradeId }: { symbol: string; tradeId: number }) =>
        void sent.push(`price ${symbol} ${tradeId}`),
    };
    const bound = maxWaiting === undefined ? {} : { maxWaiting };
    const gate = createPublishGate({
      priceBus,
      certain: () => state.certain,
      by: 'test',
      tally,
      log: silentLogger(),
      ...bound,
    });
    return { gate, sent, state, tally };
  };

  it('holds seconds back while shares move, sends those that stayed and leaves the others; prices go on', () => {
    const { gate, sent, tally } = setUp();
    gate.publish(stat('a', 1), undefined);
    gate.pause();
    gate.publish(stat('a', 2), undefined);
    gate.publish(stat('b', 2), undefined);
    gate.flush();
    expect(sent.splice(0)).toEqual(['a 1', 'price a 2', 'price b 2']);
    gate.release((symbol) => symbol === 'a');
    gate.publish(stat('a', 3), undefined);
    expect(sent).toEqual(['a 2', 'a 3']);
    expect(tally).toMatchObject({ secondsWithheld: 2, secondsLeft: 1 });
  });

  it('says nothing at all while it is not sure, and everything in order once it is', () => {
    const { gate, sent, state } = setUp();
    state.certain = false;
    gate.publish(stat('a', 1), undefined);
    gate.publishPrice({ symbol: 'a', price: '1', timeMs: 1, tradeId: 7 });
    gate.flush();
    gate.release(() => true);
    expect(sent).toEqual([]);
    state.certain = true;
    gate.publish(stat('a', 2), undefined);
    expect(sent).toEqual(['a 1', 'a 2']);
  });

  it('drops the oldest when too many wait, and counts them', () => {
    const { gate, sent, tally } = setUp(3);
    gate.pause();
    for (let second = 1; second <= 5; second++) gate.publish(stat('a', second), undefined);
    sent.length = 0;
    gate.release(() => true);
    expect(sent).toEqual(['a 3', 'a 4', 'a 5']);
    expect(tally).toMatchObject({ secondsWithheld: 5, secondsDropped: 2 });
  });

  it('takes no longer for a second when 200,000 wait than when none does', () => {
    const { gate } = setUp();
    const second = stat('a', 1);
    /** Milliseconds of the processor, which others on it do not make more. */
    const timeOf = (count: number) => {
      const before = process.cpuUsage();
      for (let i = 0; i < count; i++) gate.publish(second, undefined);
      return process.cpuUsage(before).user / 1_000;
    };
    gate.pause();
    timeOf(200_000);
    // Moving the whole list up took 0.1 to 0.4 ms for each.
    expect(timeOf(20_000)).toBeLessThan(500);
  });
});

describe('an aggregator that shares symbols, when the group is lost in the middle of a dealing', () => {
  const all = new Set(Array.from({ length: shareCount }, (_, share) => share));
  const setUp = () => {
    const clock = createManualClock();
    const tally = createTally();
    const sent: number[] = [];
    const state = { problem: undefined as string | undefined, member: undefined as GroupMember | undefined };
    const priceBus = { publish: ({ second }: SecondStat) => void sent.push(second), publishPrice: () => undefined };
    const gate = createPublishGate({ priceBus, certain: () => shares.certain, by: 'me', tally, log: silentLogger() });
    const eventLog = {
      join: (_topic: string, _group: string, member: GroupMember): Membership => {
        state.member = member;
        return { partitions: all, certain: true, problem: () => state.problem, close: async () => undefined };
      },
    };
    const pause = async () => gate.pause();
    const shares = joinShares({ eventLog, clock, tally, pause, moved: (kept) => gate.release(kept) });
    shares.needsKnown();
    state.member?.assigned(all, new Set());
    const play = (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        clock.advance(1_000);
        gate.publish(stat('btcusdt', clock.now()), undefined);
      }
    };
    return { clock, tally, sent, state, shares, play };
  };

  it('goes on with what it has after some seconds, and leaves none out', async () => {
    const { sent, state, play, tally } = setUp();
    play(2);
    await state.member?.revoking();
    state.problem = 'is cut off from Kafka and keeps its partitions';
    play(5);
    expect(sent).toHaveLength(2);
    play(3_595);
    expect(sent).toHaveLength(3_602);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect(tally).toMatchObject({ sharesKept: 1, secondsDropped: 0 });
    // And waits again when the group is there again and deals.
    await state.member?.revoking();
    play(2);
    expect(sent).toHaveLength(3_602);
    state.problem = undefined;
    state.member?.assigned(all, all);
    expect(sent).toHaveLength(3_604);
  });

  it('waits for a dealing for as long as the group is heard', async () => {
    const { sent, state, play } = setUp();
    await state.member?.revoking();
    play(60);
    expect(sent).toEqual([]);
    state.member?.assigned(new Set(), new Set());
    expect(sent).toEqual([]);
  });

  it('has no timer left when it was closed in the middle of one', async () => {
    const { clock, state, shares } = setUp();
    await state.member?.revoking();
    await shares.close();
    await state.member?.revoking();
    expect(clock.pending).toBe(0);
  });
});
