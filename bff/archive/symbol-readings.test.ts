import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createSymbolReadings } from './symbol-readings.js';

const setUp = () => {
  const clock = createManualClock();
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  let away = false;
  const readings = createSymbolReadings({
    clock,
    keptMs: 60_000,
    lackingMs: 10_000,
    read: async (symbols) => {
      asked.push([...symbols]);
      await new Promise<void>((done) => answers.push(done));
      if (away) throw new Error('away');
      return new Map(symbols.filter((symbol) => symbol !== 'newusdt').map((symbol) => [symbol, `of ${symbol}`]));
    },
  });
  const settle = () => new Promise((done) => setImmediate(done));
  const answer = async () => {
    await settle();
    answers.shift()?.();
    await settle();
  };
  const setAway = (is: boolean) => {
    away = is;
  };
  return { clock, asked, readings, answer, setAway };
};

describe('facts about symbols', () => {
  it('that a thousand ask for at midnight are read once, and what others ask for meanwhile once more', async () => {
    const { asked, readings, answer } = setUp();
    const first = Array.from({ length: 1_000 }, () => readings.of(['btcusdt', 'ethusdt']));
    await answer();
    const more = ['solusdt', 'bnbusdt', 'btcusdt'].map((symbol) => readings.of([symbol, 'ethusdt', 'dogeusdt']));
    await answer();
    expect([...((await first[999]) ?? [])]).toEqual(['btcusdt', 'ethusdt'].map((symbol) => [symbol, `of ${symbol}`]));
    expect((await Promise.all(more)).map((found) => found.size)).toEqual([3, 3, 3]);
    expect(asked).toEqual([
      ['btcusdt', 'ethusdt'],
      ['solusdt', 'dogeusdt', 'bnbusdt'],
    ]);
  });

  it('that are not there are asked for again sooner than those that are', async () => {
    const { clock, asked, readings, answer } = setUp();
    const ask = async () => {
      const found = readings.of(['btcusdt', 'newusdt']);
      await answer();
      return [...(await found).keys()];
    };
    expect(await ask()).toEqual(['btcusdt']);
    clock.advance(5_000);
    await ask();
    expect(asked).toHaveLength(1);
    clock.advance(5_000);
    await ask();
    expect(asked.at(-1)).toEqual(['newusdt']);
    clock.advance(60_000);
    await ask();
    expect(asked.at(-1)).toEqual(['btcusdt', 'newusdt']);
  });

  it('are read again by the next who asks when a reading failed', async () => {
    const { readings, answer, setAway } = setUp();
    setAway(true);
    const failing = readings.of(['btcusdt']);
    const said = expect(failing).rejects.toThrow('away');
    await answer();
    await said;
    setAway(false);
    const found = readings.of(['btcusdt']);
    await answer();
    expect((await found).size).toBe(1);
  });

  it('that can be read are shown though others asked for at the same time cannot be', async () => {
    const readings = createSymbolReadings({
      clock: createManualClock(),
      keptMs: 60_000,
      lackingMs: 10_000,
      read: async (symbols) => {
        if (symbols.includes('s100')) throw new Error('too many rows');
        return new Map(symbols.map((symbol) => [symbol, symbol]));
      },
    });
    const unread = readings.of(Array.from({ length: 500 }, (_, at) => `s${at}`));
    const read = readings.of(['btcusdt']);
    await expect(unread).rejects.toThrow('too many rows');
    expect([...(await read).keys()]).toEqual(['btcusdt']);
  });
});
