import { type ReferenceTrade, referenceSecondStats } from '@tickfolio/aggregator/kit/reference-second-stats';
import type { SecondStat } from '@tickfolio/lib/price-bus';
import { expect } from 'vitest';

/**
 * Holds every message about a symbol against the exchange's own record: revisions count up, what is complete is right,
 * and nothing follows it. The first second was joined in its middle and counts only once a later one was begun.
 * @returns what consumers are left with: the last message of each second, in order
 */
const expectFinal = (
  symbol: string,
  record: readonly ReferenceTrade[],
  published: readonly SecondStat[],
): SecondStat[] => {
  const reference = new Map(referenceSecondStats(symbol, record).map((stat) => [stat.second, stat]));
  const last = new Map<number, SecondStat>();
  for (const message of published) {
    if (message.symbol !== symbol) continue;
    const { complete, revision, ...stat } = message;
    const before = last.get(stat.second);
    expect(revision, `${symbol} ${stat.second}`).toBe(before === undefined ? 0 : before.revision + 1);
    expect(before?.complete, `${symbol} ${stat.second} was complete and is published again`).not.toBe(true);
    if (complete) expect(stat).toEqual(reference.get(stat.second));
    last.set(stat.second, message);
  }
  return [...last.values()].sort((a, b) => a.second - b.second);
};

/**
 * Besides, that no second is missing or left incomplete, from the first published one to `untilMs`. @returns how many
 * trades that were
 */
export const expectExact = (
  symbol: string,
  record: readonly ReferenceTrade[],
  published: readonly SecondStat[],
  untilMs: number,
): number => {
  const stats = expectFinal(symbol, record, published).filter((stat) => stat.second + 1000 <= untilMs);
  const [first] = stats;
  if (!first) return 0;
  const reference = referenceSecondStats(symbol, record).filter(
    (stat) => stat.second >= first.second && stat.second + 1000 <= untilMs,
  );
  expect(stats.map(({ complete, revision, ...stat }) => stat)).toEqual(reference);
  expect(stats.filter((stat) => !stat.complete)).toEqual([]);
  // Said once more in ids: those counted are those sent, none missing, none twice.
  const counted = stats.flatMap((stat) => Array.from({ length: stat.trades }, (_, index) => stat.firstTradeId + index));
  const sent = record
    .filter((trade) => trade.timeMs >= first.second && trade.timeMs < untilMs - (untilMs % 1000))
    .map((trade) => trade.id);
  expect(counted).toEqual(sent);
  return counted.length;
};

/** Whether every second up to `untilMs`, from the first published one on, was published as complete. */
export const isSettled = (
  symbol: string,
  record: readonly ReferenceTrade[],
  published: readonly SecondStat[],
  untilMs: number,
): boolean => {
  const own = published.filter((stat) => stat.symbol === symbol);
  const firstMs = Math.min(...own.map(({ second }) => second));
  const complete = new Set(own.filter((stat) => stat.complete).map(({ second }) => second));
  const due = record
    .map(({ timeMs }) => timeMs - (timeMs % 1000))
    .filter((second) => second >= firstMs && second + 1000 <= untilMs);
  return due.every((second) => complete.has(second));
};
