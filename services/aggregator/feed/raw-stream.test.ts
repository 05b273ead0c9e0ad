import type { RawResponse } from '@tickfolio/gen/market/v1';
import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createRawStream, rawStreamDefaults } from './raw-stream.js';

interface Opened {
  readonly symbols: string;
  readonly signal: AbortSignal;
  readonly atMs: number;
  send(response?: RawResponse): void;
  fail(error: Error): void;
  end(): void;
}

const empty: RawResponse = { frames: [], statuses: [] };

const build = (random = () => 0.5) => {
  const clock = createManualClock();
  const opened: Opened[] = [];
  const broken: string[] = [];
  const messages: boolean[] = [];
  const open = (symbols: readonly string[], signal: AbortSignal): AsyncIterable<RawResponse> => {
    const waiting: (RawResponse | Error | 'end')[] = [];
    let wake: () => void = () => undefined;
    const push = (item: RawResponse | Error | 'end') => {
      waiting.push(item);
      wake();
    };
    signal.addEventListener('abort', () => wake());
    opened.push({
      symbols: symbols.join(),
      signal,
      atMs: clock.monotonic(),
      send: (response = empty) => push(response),
      fail: push,
      end: () => push('end'),
    });
    return {
      async *[Symbol.asyncIterator]() {
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next === 'end') return;
          if (next instanceof Error) throw next;
          if (next) yield next;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      },
    };
  };
  const stream = createRawStream(
    {
      clock,
      log: silentLogger(),
      open,
      message: (_response, isCurrent) => messages.push(isCurrent),
      broken: (why) => broken.push(why),
    },
    { ...rawStreamDefaults, random },
  );
  const at = (index: number) => opened.at(index) as Opened;
  const settle = () => clock.advanceAsync(0);
  return { clock, opened, broken, messages, stream, at, settle };
};

describe('a raw stream', () => {
  it('is opened with the whole set in order, once', async () => {
    const { stream, opened, at, settle } = build();
    expect(stream.fault).toBeUndefined();
    stream.follow(['b', 'a']);
    stream.follow(['a', 'b']);
    await settle();
    expect(opened.map(({ symbols }) => symbols)).toEqual(['a,b']);
    expect(stream.fault).toBe('not connected yet');
    at(0).send();
    await settle();
    expect(stream.fault).toBeUndefined();
  });

  it('reads the old one a little longer when a new one began, without its statuses', async () => {
    const { stream, clock, opened, at, settle, messages } = build();
    stream.follow(['a']);
    at(0).send();
    await settle();
    stream.follow(['a', 'b']);
    await clock.advanceAsync(3_000);
    expect(at(0).signal.aborted).toBe(false);
    at(1).send();
    await settle();
    at(0).send();
    await settle();
    expect(messages).toEqual([true, true, false]);
    await clock.advanceAsync(200);
    expect(at(0).signal.aborted).toBe(true);
    expect(opened).toHaveLength(2);
  });

  it('changes while one is being opened make one more, for the last set', async () => {
    const { stream, opened, at, settle } = build();
    for (const set of [['a'], ['a', 'b'], ['a', 'b', 'c']]) stream.follow(set);
    at(0).send();
    await settle();
    expect(opened.map(({ symbols }) => symbols)).toEqual(['a', 'a,b,c']);
  });

  it('after a break tries ever less often, within bounds, and says so once', async () => {
    const { stream, clock, opened, broken, at, settle } = build(() => 1);
    stream.follow(['a']);
    at(0).send();
    await settle();
    at(0).fail(new AppError('unavailable', 'gone'));
    await settle();
    expect(broken).toEqual(['gone']);
    expect(stream.fault).toBe('gone');
    for (let i = 0; i < 1_000; i++) {
      await clock.advanceAsync(10);
      const last = at(-1);
      if (last.atMs === clock.monotonic()) last.fail(new AppError('unavailable', 'still gone'));
    }
    const waits = opened.slice(1).map(({ atMs }, index) => atMs - at(index).atMs);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_020);
    expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(broken).toHaveLength(1);
    at(-1).send();
    await clock.advanceAsync(2_000);
    at(-1).send();
    await settle();
    expect(stream.fault).toBeUndefined();
  });

  it('takes a stream that was ended without an error as broken too', async () => {
    const { stream, clock, opened, broken, at, settle } = build();
    stream.follow(['a']);
    at(0).send();
    await settle();
    at(0).end();
    await clock.advanceAsync(1_000);
    expect(broken).toEqual(['the stream was ended']);
    expect(opened).toHaveLength(2);
  });

  it('gives up one that stays silent, and keeps the old one meanwhile', async () => {
    const { stream, clock, opened, broken, at, settle } = build();
    stream.follow(['a']);
    at(0).send();
    await settle();
    stream.follow(['b']);
    await clock.advanceAsync(6_000);
    expect(at(1).signal.aborted).toBe(true);
    expect(at(0).signal.aborted).toBe(false);
    expect(opened).toHaveLength(3);
    expect(broken).toEqual([]);
  });

  it('ends for an empty set, without a break, and begins again', async () => {
    const { stream, clock, opened, broken, at, settle } = build();
    stream.follow(['a']);
    at(0).send();
    await settle();
    stream.follow([]);
    await clock.advanceAsync(5_000);
    expect(at(0).signal.aborted).toBe(true);
    expect(stream.fault).toBeUndefined();
    stream.follow(['a']);
    await settle();
    expect(opened).toHaveLength(2);
    expect(broken).toEqual([]);
  });

  it('notices within 10 s that the other side is gone without a word, and opens another', async () => {
    const { stream, clock, opened, broken, at, settle } = build();
    stream.follow(['a']);
    at(0).send({ ...empty, heartbeatMs: 3_000 });
    for (let second = 0; second < 60; second++) {
      await clock.advanceAsync(1_000);
      if (second % 3 === 2) at(0).send();
    }
    await settle();
    expect([opened.length, broken]).toEqual([1, []]);
    await clock.advanceAsync(10_000);
    expect(broken).toEqual([expect.stringMatching(/^nothing was heard for 9\.\d s$/)]);
    expect(at(0).signal.aborted).toBe(true);
    expect(opened).toHaveLength(2);
    at(1).send({ ...empty, heartbeatMs: 3_000 });
    await settle();
    expect(stream.fault).toBeUndefined();
    stream.close();
    await settle();
    expect(clock.pending).toBe(0);
  });

  it('believes no silence while messages wait that this process was too busy to read', async () => {
    const { stream, clock, opened, broken, at, settle } = build();
    stream.follow(['a']);
    at(0).send({ ...empty, heartbeatMs: 3_000 });
    await settle();
    clock.advance(9_000); // Nothing is read in these seconds.
    at(0).send();
    await clock.advanceAsync(5_000);
    expect([opened.length, broken]).toEqual([1, []]);
  });

  it('lets a stream of an older server be silent, which promises nothing', async () => {
    const { stream, clock, opened, broken, at } = build();
    stream.follow(['a']);
    at(0).send();
    await clock.advanceAsync(3_600_000);
    expect([opened.length, broken]).toEqual([1, []]);
  });

  it('tries nothing after it was closed', async () => {
    const { stream, clock, opened, at, settle } = build();
    stream.follow(['a']);
    at(0).fail(new Error('?'));
    await settle();
    stream.close();
    await clock.advanceAsync(60_000);
    expect(opened).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
