import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { inBackground } from '../background.js';
import { createTurns, type Turn } from './turns.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Turns whose work ends when it is told to. */
const build = () => {
  const clock = createManualClock();
  const told: Turn[] = [];
  const turns = createTurns({ clock, watch: (turn) => void told.push(turn) });
  const order: string[] = [];
  const ends: (() => void)[] = [];
  /** @param rows of its statements */
  const ask = (name: string, waitMs?: number, rows: readonly number[] = []) =>
    turns.take((note) => {
      order.push(name);
      for (const count of rows) note(count, { database: 'fleet', text: `${name} ${count}`, tookMs: count });
      return new Promise<void>((resolve) => ends.push(resolve));
    }, waitMs);
  const end = async () => {
    ends.shift()?.();
    await settle();
  };
  return { clock, order, ask, end, turns: told };
};

describe('turns at the one connection', () => {
  it('answer a request before retention and relays that have waited longer', async () => {
    const { order, ask, end } = build();
    void ask('first');
    for (const name of ['retention 1', 'retention 2']) void inBackground(() => ask(name));
    void ask('request 1');
    void ask('request 2');
    await settle();
    for (let turn = 0; turn < 5; turn++) await end();
    expect(order).toEqual(['first', 'request 1', 'request 2', 'retention 1', 'retention 2']);
  });

  it('wait longer for a start, which makes its tables behind those of others, than for a request', async () => {
    const { clock, order, ask, end } = build();
    void ask('tables of the first service');
    const start = ask('tables of the second', 120_000);
    const request = ask('request').catch((err: unknown) => err);
    await settle();
    clock.advance(11_000);
    expect(await request).toMatchObject({ code: 'unavailable', cause: { message: 'no turn within 10000 ms' } });
    await end();
    await end();
    await start;
    expect(order).toEqual(['tables of the first service', 'tables of the second']);
  });

  it('keep retention waiting for requests no longer than a second', async () => {
    const { clock, order, ask, end } = build();
    void ask('first');
    void inBackground(() => ask('retention'));
    void ask('request 1');
    void ask('request 2');
    await settle();
    await end();
    clock.advance(1_000);
    await end();
    await end();
    expect(order).toEqual(['first', 'request 1', 'retention', 'request 2']);
  });

  it('never let a request wait for more than one of ten relays that have all waited too long, wherever it stands', async () => {
    const { clock, order, ask, end, turns } = build();
    void ask('first');
    for (let relay = 1; relay <= 10; relay++) void inBackground(() => ask(`relay ${relay}`));
    await settle();
    clock.advance(1_000);
    for (const name of ['request 1', 'request 2', 'request 3']) void ask(name);
    await end();
    void ask('request 4'); // Comes while the first relay has the connection.
    await end();
    void ask('request 5');
    for (let turn = 0; turn < 16; turn++) await end();
    expect(order.slice(0, 8)).toEqual([
      ...['first', 'relay 1', 'request 1', 'request 2', 'request 3', 'request 4', 'relay 2', 'request 5'],
    ]);
    expect(order.slice(8)).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((relay) => `relay ${relay}`));
    const requests = turns.filter(({ isBackground }) => !isBackground);
    expect(requests.map(({ behindBackground }) => behindBackground)).toEqual([0, 1, 1, 1, 1, 1]);
  });

  it('let a relay go on however many requests there always are', async () => {
    const { clock, order, ask, end } = build();
    void ask('first');
    for (let relay = 1; relay <= 3; relay++) void inBackground(() => ask(`relay ${relay}`));
    for (let request = 1; request <= 5; request++) void ask(`request ${request}`);
    await settle();
    for (let turn = 0; turn < 30; turn++) {
      clock.advance(100);
      await end();
      void ask(`later request ${turn}`);
    }
    expect(order).toContain('relay 3');
  });

  it('let a request that comes while a relay has the connection go next, whatever else has waited too long', async () => {
    const { clock, order, ask, end } = build();
    void inBackground(() => ask('relay 1'));
    void inBackground(() => ask('relay 2'));
    await settle();
    clock.advance(1_000);
    void ask('request');
    for (let turn = 0; turn < 3; turn++) await end();
    expect(order).toEqual(['relay 1', 'request', 'relay 2']);
  });

  it('tell of each how long it waited and had the connection, what it asked, and what of that took longest', async () => {
    const { clock, ask, end, turns } = build();
    void ask('first', undefined, [3, 500]);
    void inBackground(() => ask('relay', undefined, [7]));
    await settle();
    clock.advance(30);
    await end();
    clock.advance(101);
    await end();
    const slowest = (text: string, tookMs: number) => ({ slowest: { database: 'fleet', text, tookMs } });
    const first = { isBackground: false, waitedMs: 0, behindBackground: 0, tookMs: 30, statements: 2, rows: 503 };
    const relay = { isBackground: true, waitedMs: 30, behindBackground: 0, tookMs: 101, statements: 1, rows: 7 };
    expect(turns).toEqual([
      { ...first, ...slowest('first 500', 500) },
      { ...relay, ...slowest('relay 7', 7) },
    ]);
  });
});
