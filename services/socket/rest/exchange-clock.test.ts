import { type Clock, createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createExchangeClock } from './exchange-clock.js';
import { readServerTime } from './server-time.js';

const options = { everyMs: 600_000, retryMs: 30_000 };

/**
 * This computer's clock is set at will; the exchange's is right. @param waysMs how long the looks take there and back;
 * then 10 each
 */
const rig = (aheadMs = 0, waysMs: [number, number][] = [], fault?: AppError) => {
  const time = createManualClock();
  const computer = { aheadMs };
  const clock: Clock = { ...time, now: () => time.now() + computer.aheadMs };
  const log: Record<string, unknown>[] = [];
  let looks = 0;
  const exchangeClock = createExchangeClock(
    {
      clock,
      log: createLogger('socket', 'info', (line) => log.push(JSON.parse(line) as Record<string, unknown>)),
      read: async () => {
        looks += 1;
        if (fault) throw fault;
        const [there, back] = waysMs.shift() ?? [10, 10];
        return { sentAtMs: clock.now(), serverTimeMs: time.now() + there, roundTripMs: there + back };
      },
    },
    options,
  );
  return {
    exchangeClock,
    computer,
    log,
    advance: (ms: number) => time.advanceAsync(ms),
    looks: () => looks,
    now: () => time.now(),
    fail: (err: AppError | undefined) => {
      fault = err;
    },
    warnings: () => log.filter(({ level }) => level === 40).map(({ msg }) => String(msg)),
  };
};

describe("the exchange's clock", () => {
  it.each([
    [92_000, "this computer's clock is 92 s ahead of the exchange's; set it (NTP)"],
    [-2_500, "this computer's clock is 2.5 s behind the exchange's; set it (NTP)"],
    [3_600_000, "this computer's clock is 60 min ahead of the exchange's; set it (NTP)"],
    [-8 * 3_600_000, "this computer's clock is 8 h behind the exchange's; set it (NTP)"],
    [-10 * 86_400_000, "this computer's clock is 10 days behind the exchange's; set it (NTP)"],
  ])('says in words when this computer is %i ms ahead', async (aheadMs, words) => {
    const { exchangeClock, advance, warnings } = rig(aheadMs);
    await advance(1_000);
    expect(warnings()).toEqual([words]);
    expect(exchangeClock.offset).toEqual({ offsetMs: -aheadMs, uncertaintyMs: 11 });
    await exchangeClock.close();
  });

  it('says nothing of less than 2 s, nor of what a slow line alone can explain', async () => {
    const near = rig(-1_900);
    await near.advance(1_000);
    expect(near.exchangeClock.offset?.offsetMs).toBe(1_900);
    const slow = rig(
      0,
      Array.from({ length: 4 }, () => [6_000, 0]),
    );
    await slow.advance(1_000);
    expect(slow.exchangeClock.offset).toEqual({ offsetMs: 3_000, uncertaintyMs: 3_001 });
    expect([...near.warnings(), ...slow.warnings()]).toEqual([]);
    await Promise.all([near.exchangeClock.close(), slow.exchangeClock.close()]);
  });

  it('takes the look with the shortest way', async () => {
    const { exchangeClock, advance } = rig(0, [
      [900, 100],
      [30, 10],
      [5, 300],
    ]);
    await advance(1_000);
    expect(exchangeClock.offset).toEqual({ offsetMs: 0, uncertaintyMs: 11 });
    await exchangeClock.close();
  });

  it('warns once of one fault, again when it changes, and tells when it is mended, within seconds of the clock being set', async () => {
    const { exchangeClock, computer, advance, warnings, looks } = rig(92_000);
    await advance(3 * options.everyMs + 2_000);
    expect(warnings()).toHaveLength(1);
    expect(looks()).toBe(4 * 4);
    computer.aheadMs = 30_000;
    await advance(6_000);
    expect(warnings().at(-1)).toMatch(/30 s ahead/);
    computer.aheadMs = 0;
    await advance(6_000);
    expect(warnings().at(-1)).toBe("this computer's clock agrees with the exchange's again");
    await advance(3 * options.everyMs);
    expect(warnings()).toHaveLength(3);
    await exchangeClock.close();
  });

  it('is not known while the exchange is away, and is once it is back', async () => {
    const away = new AppError('unavailable', 'The exchange cannot be reached (ENOTFOUND).');
    const { exchangeClock, computer, advance, fail, log, looks } = rig(0, [], away);
    await advance(5 * options.retryMs);
    expect(exchangeClock.offset).toBeUndefined();
    expect(log.filter(({ msg }) => msg === "the exchange's clock could not be read")).toHaveLength(1);
    expect(looks()).toBe(6);
    fail(undefined);
    await advance(options.retryMs + 1_000);
    expect(exchangeClock.offset?.offsetMs).toBe(0);
    fail(new AppError('resource_exhausted', 'Too much.', { retryAfterMs: 60_000 }));
    computer.aheadMs = 5_000;
    await advance(6_000);
    expect(exchangeClock.offset).toBeUndefined(); // Nobody knows what it is now.
    await exchangeClock.close();
  });

  it('shows the same also in the seconds after this computer’s clock was set, before it is measured again', async () => {
    const { exchangeClock, computer, advance, now } = rig(3_600_000);
    expect(exchangeClock.nowMs).toBeUndefined();
    await advance(1_000);
    computer.aheadMs = -3_600_000;
    await advance(1_000);
    expect(Number(exchangeClock.nowMs) - now()).toBe(0);
    await exchangeClock.close();
  });

  it('asks an exchange that is away no more often because the clock was set meanwhile, as after waking up without a network', async () => {
    const away = new AppError('unavailable', 'The exchange cannot be reached (ENOTFOUND).', { retryAfterMs: 60_000 });
    const { exchangeClock, computer, advance, looks } = rig(0, [], away);
    await advance(1_000);
    computer.aheadMs = 3_000;
    await advance(300_000);
    expect(looks()).toBeLessThanOrEqual(2 + 5); // At start, when it was set, and each minute.
    await exchangeClock.close();
  });

  it.each([{}, { serverTime: '1770123456789' }, { serverTime: 1_770_123_456 }, { serverTime: 1.5e18 }, [], '<html>'])(
    'is not read from %j',
    (body) => {
      expect(() => readServerTime(body)).toThrow(/no time that can be one/);
    },
  );
});
