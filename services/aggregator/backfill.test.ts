import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { backfillDefaults, createBackfill } from './backfill.js';
import type { PageRequest } from './page-request.js';
import type { Tape } from './tape.js';
import type { Trade } from './trade.js';

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
