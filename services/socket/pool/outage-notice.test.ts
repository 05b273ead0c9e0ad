import { afterEach, describe, expect, it } from 'vitest';
import { createPoolRig } from '../kit/pool.js';

let rig: ReturnType<typeof createPoolRig> | undefined;
afterEach(() => rig?.pool.close());

const start = () => {
  rig = createPoolRig({ streamsPerConnection: 3 });
  const { pool, opened, log, clock } = rig;
  for (let index = 0; index < 6; index++) pool.want(`s${index}usdt@aggTrade`);
  for (const one of opened) one.open();
  /** Every attempt of so many seconds fails. */
  const fail = (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      for (const one of [...opened]) if (!one.closed && !one.connection.isOpen) one.end();
      clock.advance(1_000);
    }
  };
  const open = () => {
    for (let second = 0; second < 60; second++) {
      for (const one of opened) if (!one.closed && !one.connection.isOpen) one.open();
      clock.advance(1_000);
    }
  };
  const told = () =>
    log
      .map(({ msg, reason }) => `${msg}${reason === undefined ? '' : `: ${reason}`}`)
      .filter((text) => /prices/.test(text));
  return { ...rig, fail, open, told };
};

describe('prices that stop for half a minute', () => {
  it('are told as they stop and as they come again, with how long that was', () => {
    const { at, fail, open, told } = start();
    at(0).end();
    at(1).end();
    fail(30);
    expect(told()).toEqual([
      'no prices from the exchange for 3 s; it is tried again until it answers: 6 of 6 streams are down, with 2 of 2 connections: gone',
    ]);
    open();
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatch(/^the exchange is connected again, after (3\d|[45]\d|6\d) s without prices$/);
  });

  it('are told of each time, and of a part of the coins too', () => {
    const { at, fail, open, told } = start();
    for (let time = 0; time < 2; time++) {
      at(-1).end();
      fail(10);
      open();
    }
    expect(told()).toHaveLength(4);
    expect(told()[2]).toMatch(
      /^no prices from the exchange for 3 s; .*: 3 of 6 streams are down, with 1 of 2 connections: gone$/,
    );
  });

  it('are not told as coming again where nothing is connected because the last coin was given up', () => {
    const { at, pool, fail, told } = start();
    at(0).end();
    at(1).end();
    fail(20);
    for (let index = 0; index < 6; index++) pool.unwant(`s${index}usdt@aggTrade`);
    fail(3);
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatch(/^nobody asks any more for the prices that did not come for 2\d s$/);
  });

  it('are not told as coming again where only the coins were given up that had none, and the others had theirs all the time', () => {
    const { at, pool, fail, told } = start();
    at(1).end();
    fail(20);
    for (let index = 3; index < 6; index++) pool.unwant(`s${index}usdt@aggTrade`);
    fail(3);
    expect(told()[1]).toMatch(/^nobody asks any more/);
  });

  it('are not told of where a connection is only made anew', () => {
    const { at, open, told } = start();
    at(0).end();
    open();
    expect(told()).toEqual([]);
  });
});
