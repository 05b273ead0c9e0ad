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
  const ask = (name: string) =>
    turns.take(() => {
      order.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
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
