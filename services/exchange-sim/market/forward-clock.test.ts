import { type Clock, createManualClock } from '@tickfolio/lib/clock';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { type RecordedTrade, startExchangeSim } from '../app.js';
import { createForwardClock } from './forward-clock.js';

const hourMs = 3_600_000;
const startMs = 1_763_000_000_000;

/** A computer whose clock is set by `setting.byMs` while time goes on. */
const createComputer = () => {
  const manual = createManualClock(startMs);
  const setting = { byMs: 0 };
  const clock: Clock = { ...manual, now: () => manual.now() + setting.byMs };
  return { clock, setting, advance: manual.advanceAsync };
};

it('has prices move on, in the order of their times, where the computer’s clock is set back by an hour', async () => {
  const computer = createComputer();
  const trades: RecordedTrade[] = [];
  const sim = await startExchangeSim(
    { clock: computer.clock, log: silentLogger() },
    { symbols: 5, recordSink: (trade) => trades.push(trade) },
  );
  try {
    const serverTime = async () =>
      ((await (await fetch(`${sim.restUrl}/api/v3/time`)).json()) as { serverTime: number }).serverTime;
    await computer.advance(5_000);
    const [before, timeBefore] = [trades.length, await serverTime()];
    computer.setting.byMs = -hourMs;
    await computer.advance(20_000);
    expect(trades.length).toBeGreaterThan(before);
    const times = trades.slice(before - 1).map(({ timeMs }) => timeMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // Its clock is one, wherever it is read.
    expect(await serverTime()).toBe(timeBefore + 20_000);
    expect(times.at(-1)).toBeLessThanOrEqual(timeBefore + 20_000);
  } finally {
    await sim.close();
  }
});

it('follows a clock that is set forward, and stays ahead when that is taken back', async () => {
  const computer = createComputer();
  const clock = createForwardClock(computer.clock);
  const told = [clock.now()];
  for (const byMs of [0, hourMs, 0, -hourMs, 2 * hourMs]) {
    await computer.advance(1_000);
    computer.setting.byMs = byMs;
    told.push(clock.now());
  }
  const shownMs = told.map((timeMs) => timeMs - startMs);
  expect(shownMs).toEqual([0, 1_000, 2_000 + hourMs, 3_000 + hourMs, 4_000 + hourMs, 5_000 + 2 * hourMs]);
});
