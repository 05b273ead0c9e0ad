import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../tape/page-request.js';
import type { Tape } from '../tape/tape.js';
import type { Trade } from '../tape/trade.js';
import { backfillDefaults, createBackfill } from './backfill.js';

type Purpose = PageRequest['purpose'];

/** Tapes that always want a page, and a history whose answers a test gives. */
const build = (wants: Readonly<Record<string, Purpose>>, concurrency = 2) => {
  const clock = createManualClock();
  const asked: string[] = [];
  const answers = new Map<string, { resolve: (trades: Trade[]) => void; reject: (err: unknown) => void }>();
  const log: string[] = [];
  const tapes = Object.entries(wants).map(
    ([symbol, purpose]): Tape => ({
      symbol,
      fromStream: () => undefined,
      skip: () => undefined,
      doubt: () => undefined,
      setFeed: () => undefined,
      want: () => ({ purpose, fromId: 1, limit: 10, loseFromId: 1 }),
      fromPage: () => log.push(`${symbol} served`),
      pageFailed: (_request, { code }) => log.push(`${symbol} ${code}`),
      advance: () => undefined,
      keep: () => undefined,
      prove: () => undefined,
      busy: true,
      last: () => undefined,
      missing: 1,
    }),
  );
  const feed = {
    listTrades: (symbol: string) =>
      new Promise<Trade[]>((resolve, reject) => {
        asked.push(symbol);
        answers.set(symbol, { resolve, reject });
      }),
  };
  const backfill = createBackfill({ clock, feed, log: silentLogger() }, { ...backfillDefaults, concurrency });
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { clock, tapes, asked, log, answers, backfill, settle, run: () => backfill.run(tapes) };
};

describe('backfill', () => {
  it('asks for a few at once, one page per tape, holes first', async () => {
    const { run, asked, answers, settle } = build({ quiet: 'probe', fresh: 'seed', holed: 'hole' });
    run();
    run();
    expect(asked).toEqual(['holed', 'fresh']);
    answers.get('fresh')?.resolve([]);
    await settle();
    run();
    expect(asked).toEqual(['holed', 'fresh', 'fresh']);
  });

  it.each([
    [new AppError('resource_exhausted', 'spent', { retryAfterMs: 7_000 }), 7_000],
    [new AppError('resource_exhausted', 'spent'), 1_000],
    [new AppError('resource_exhausted', 'banned', { retryAfterMs: 3 * 86_400_000 }), 60_000],
    [new AppError('failed_precondition', 'HTTP 451'), 5_000],
    [new AppError('unavailable', 'nobody there'), 250],
  ])('after %s asks nobody for a while', async (error, pauseMs) => {
    const { run, asked, answers, settle, clock, log } = build({ a: 'hole', b: 'hole', c: 'hole' });
    run();
    answers.get('a')?.reject(error);
    answers.get('b')?.resolve([]);
    await settle();
    expect(log.sort()).toEqual([`a ${error.code}`, 'b served']);
    clock.advance(pauseMs - 1);
    run();
    expect(asked).toEqual(['a', 'b']);
    clock.advance(1);
    run();
    expect(asked).toHaveLength(4);
  });

  it('a failure that concerns one symbol holds nobody else up', async () => {
    const { run, asked, answers, settle } = build({ a: 'hole', b: 'hole', c: 'hole' });
    run();
    answers.get('a')?.reject(new AppError('not_found', 'no such symbol'));
    await settle();
    run();
    expect(asked).toHaveLength(3);
  });

  it('what is thrown otherwise is a failure too', async () => {
    const { run, answers, settle, log } = build({ a: 'hole' });
    run();
    answers.get('a')?.reject(new Error('?'));
    await settle();
    expect(log).toEqual(['a internal']);
  });

  it('drops the answer for a tape that is gone, and every answer after the end', async () => {
    const { run, answers, settle, log, backfill, tapes } = build({ a: 'hole', b: 'hole' });
    run();
    const [first] = tapes;
    if (first) backfill.forget(first);
    answers.get('a')?.resolve([]);
    await settle();
    backfill.close();
    answers.get('b')?.reject(new Error('?'));
    await settle();
    expect(log).toEqual([]);
  });
});

describe('what is asked of history while busy coins miss a hundred pages each', () => {
  const pageMs = 250;
  /** A tape that wants so many pages. */
  const tapeOf = (clock: ManualClock, symbol: string, purpose: Purpose, pages: number, limit: number) => {
    let left = pages;
    const served = { atMs: Number.POSITIVE_INFINITY, pages: 0 };
    const tape = {
      symbol,
      want: (): PageRequest | undefined => (left > 0 ? { purpose, fromId: 1, limit, loseFromId: 1 } : undefined),
      fromPage: () => {
        left -= 1;
        served.pages += 1;
        if (left === 0) served.atMs = clock.monotonic();
      },
      pageFailed: () => undefined,
    } as unknown as Tape;
    return { tape, served };
  };
  const play = async (others: readonly { purpose: Purpose; limit: number }[], forMs: number, busy = 8) => {
    const clock = createManualClock();
    const large = Array.from({ length: busy }, (_, i) => tapeOf(clock, `busy${i}`, 'hole', 100, 1_000));
    const small = others.map(({ purpose, limit }, i) => tapeOf(clock, `minor${i}`, purpose, 1, limit));
    const answer = () => new Promise<Trade[]>((resolve) => clock.after(pageMs, () => resolve([])));
    const backfill = createBackfill({ clock, feed: { listTrades: answer }, log: silentLogger() });
    for (let ms = 0; ms < forMs; ms += 25) {
      // The minor ones come when all places are taken.
      backfill.run([...large, ...(ms < 100 ? [] : small)].map(({ tape }) => tape));
      await clock.advanceAsync(25);
    }
    return { large: large.map(({ served }) => served), small: small.map(({ served }) => served) };
  };

  it.each([
    ['the one page that a minor coin misses', 'hole', 1_000],
    ['the few trades that a minor coin misses', 'hole', 5],
    ['the price of a coin just added', 'seed', 1],
    ['whether a quiet coin missed anything', 'probe', 1_000],
    ['whether the second of a quiet coin is whole', 'proof', 1_000],
  ] as const)('%s is known within a second', async (_what, purpose, limit) => {
    const { small } = await play([{ purpose, limit }], 1_500);
    expect(small[0]?.atMs).toBeLessThanOrEqual(1_000);
  });

  it('the busy ones get their pages in turn, and leave a third of the budget of a minute to the others', async () => {
    const { large } = await play([], 60_000, 12);
    const pages = large.map((one) => one.pages);
    expect(Math.max(...pages) - Math.min(...pages)).toBeLessThanOrEqual(1);
    const weightOfPage = 4;
    expect(pages.reduce((sum, one) => sum + one, 0) * weightOfPage).toBeLessThanOrEqual(4_000);
  });
});
