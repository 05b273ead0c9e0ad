import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createDemoSockets } from './demo-sockets.js';

describe('who looks at the demo', () => {
  it('cannot have the database written to by coming and going', async () => {
    const clock = createManualClock(0);
    let writes = 0;
    const demo = createDemoSockets({
      follow: async () => void writes++,
      clock,
      maxOfAll: 20_000,
      failed: () => undefined,
    });
    for (let at = 0; at < 100; at++) demo.enter('203.0.113.7')();
    await clock.advanceAsync(100);
    expect(writes).toBeLessThanOrEqual(8);
    demo.close();
  });
  it('is one household behind one /64 of IPv6', () => {
    const demo = createDemoSockets({
      follow: async () => undefined,
      clock: createManualClock(0),
      maxOfAll: 20_000,
      failed: () => undefined,
    });
    for (let at = 0; at < 8; at++) demo.enter(`2001:db8:1:2::${at + 1}`);
    expect(() => demo.requireRoom('2001:db8:1:2::ff')).toThrow();
    demo.requireRoom('2001:db8:1:3::1');
    demo.close();
  });
  it('leaves most places to those who have something here', () => {
    const clock = createManualClock(0);
    const demo = createDemoSockets({ follow: async () => undefined, clock, maxOfAll: 8, failed: () => undefined });
    demo.enter('203.0.113.7');
    demo.requireRoom('203.0.113.8');
    demo.enter('203.0.113.8');
    expect(() => demo.requireRoom('203.0.113.9')).toThrow();
    demo.close();
  });
  it('sees prices some seconds after the database was away for a moment as the first came, and no try is hurried', async () => {
    const clock = createManualClock(0);
    const tries: number[] = [];
    let told = 0;
    const follow = async () => {
      tries.push(clock.monotonic());
      if (clock.monotonic() < 6_000) throw new Error('is away');
    };
    const demo = createDemoSockets({ follow, clock, maxOfAll: 20_000, failed: () => void told++ });
    await clock.advanceAsync(10);
    for (let at = 0; at < 100; at++) demo.enter('203.0.113.7')();
    demo.enter('203.0.113.7');
    await clock.advanceAsync(16_000);
    demo.close();
    const rounds = [...new Set(tries)];
    expect(rounds).toHaveLength(2);
    expect([rounds[0], (rounds[1] ?? Number.POSITIVE_INFINITY) <= 11_000, told]).toEqual([10, true, 1]);
  });
  it('sees prices that are followed without a gap: half a minute is not twice as long for who came between two looks', async () => {
    const clock = createManualClock(0);
    const tries = new Set<number>();
    const follow = async () => void tries.add(clock.monotonic());
    const demo = createDemoSockets({ follow, clock, maxOfAll: 20_000, failed: () => undefined });
    await clock.advanceAsync(10);
    demo.enter('203.0.113.7');
    await clock.advanceAsync(100_000);
    demo.close();
    const at = [...tries, 100_010];
    expect(Math.max(...at.slice(1).map((ms, place) => ms - (at[place] ?? 0)))).toBeLessThanOrEqual(30_000);
  });
});
