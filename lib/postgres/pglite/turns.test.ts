import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { inBackground } from '../background.js';
import { createTurns } from './turns.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Turns whose work ends when it is told to. */
const build = () => {
  const clock = createManualClock();
  const long: number[] = [];
  const turns = createTurns({ clock, tooLong: (tookMs) => void long.push(tookMs) });
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (name: string, waitMs?: number) =>
    turns.take(() => {
      order.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    }, waitMs);
  const end = async () => {
    ends.shift()?.();
    await settle();
  };
  return { clock, long, order, ask, end };
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

  it('never let a request wait for more than one of ten relays that have all waited too long', async () => {
    const { clock, order, ask, end } = build();
    void ask('first');
    for (let relay = 1; relay <= 10; relay++) void inBackground(() => ask(`relay ${relay}`));
    await settle();
    clock.advance(1_000);
    for (const name of ['request 1', 'request 2', 'request 3']) void ask(name);
    for (let turn = 0; turn < 14; turn++) await end();
    expect(order.slice(0, 7)).toEqual([
      'first',
      'relay 1',
      'request 1',
      'relay 2',
      'request 2',
      'relay 3',
      'request 3',
    ]);
    expect(order.slice(7)).toEqual([4, 5, 6, 7, 8, 9, 10].map((relay) => `relay ${relay}`));
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

  it('tell of whoever had the connection for more than 100 ms', async () => {
    const { clock, long, ask, end } = build();
    void ask('short');
    await settle();
    clock.advance(100);
    await end();
    void ask('long');
    await settle();
    clock.advance(101);
    await end();
    expect(long).toEqual([101]);
  });
});
