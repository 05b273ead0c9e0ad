import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planForgetting } from './forgetting.js';
import type { BatchHead } from './store.js';

const topicOf = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 100 })), { maxLength: 30 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((partitions) =>
    partitions.map((batches, partition) => {
      let first = 0;
      let atMs = 0;
      return batches.map(([count, laterMs]): BatchHead => {
        const head = { partition, first, count, bytes: count * 10, at: new Date(atMs) };
        first += count;
        atMs += laterMs;
        return head;
      });
    }),
  );
const sum = (heads: readonly BatchHead[]) => heads.reduce((total, { count }) => total + count, 0);

it('old messages go one by one from the oldest, never those that are to be kept, and none too many', () => {
  fc.assert(
    fc.property(
      topicOf,
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 4, maxLength: 4 }),
      (heads, maxMessages, more, sinceMs, read) => {
        const readUpTo = (partition: number) => read[partition] ?? 0;
        const all = heads.flat();
        const [kept, maxUnreadMessages, keptSince] = [sum(all), maxMessages + more, new Date(sinceMs)];
        const rules = { maxMessages, maxUnreadMessages, keptSince, readUpTo };
        const readOf = ({ partition, first, count }: BatchHead) =>
          Math.max(0, Math.min(count, readUpTo(partition) - first));
        const sumRead = (of: readonly BatchHead[]) => of.reduce((total, head) => total + readOf(head), 0);
        const has = { all: kept, read: sumRead(all) };
        const plan = planForgetting(heads, has, rules, { maxBatches: 1_000, maxBytes: 1e9 });
        const goes = ({ partition, first }: BatchHead) => first < (plan.before.get(partition) ?? 0);
        const isRead = ({ partition, first, count }: BatchHead) => first + count <= readUpTo(partition);
        const gone = all.filter(goes);
        expect(plan.unread).toBe(sum(gone.filter((head) => !isRead(head))));
        // Only beyond the last bound does anything go that a group has not read.
        if (plan.unread > 0) expect(kept - sum(gone)).toBeGreaterThanOrEqual(maxUnreadMessages);
        // What is not too old goes only as far as it is too much.
        expect(sum(gone.filter(({ at }) => at >= keptSince))).toBeLessThanOrEqual(Math.max(0, kept - maxMessages));
        // Nothing is left that could go: the oldest of each partition is needed for one reason or another.
        const left = kept - sum(gone);
        const leftRead = has.read - sumRead(gone);
        // Only beyond the last bound do more of those go that everybody has read than are too many.
        if (left + 20 < maxUnreadMessages)
          expect(sumRead(gone.filter(({ at }) => at >= keptSince))).toBeLessThanOrEqual(
            Math.max(0, has.read - maxMessages),
          );
        for (const queue of heads) {
          const head = queue.find((one) => !goes(one));
          if (!head) continue;
          expect(left - head.count).toBeLessThan(maxUnreadMessages);
          if (isRead(head)) expect([leftRead - head.count < maxMessages, head.at >= keptSince]).toEqual([true, true]);
        }
      },
    ),
  );
});

it('old messages go in pieces', () => {
  const heads = [
    Array.from({ length: 50 }, (_, at) => ({ partition: 0, first: at, count: 1, bytes: 10, at: new Date(at) })),
  ];
  const rules = { maxMessages: 5, maxUnreadMessages: 100, keptSince: new Date(0), readUpTo: () => 50 };
  const pieceOf = (maxBatches: number, maxBytes: number) =>
    planForgetting(heads, { all: 50, read: 50 }, rules, { maxBatches, maxBytes }).before.get(0);
  expect([pieceOf(20, 1_000), pieceOf(50, 100), pieceOf(100, 1_000)]).toEqual([20, 10, 45]);
});

it('messages that are kept for a slow group in one partition take no room of the others', () => {
  const headsOf = (partition: number) =>
    Array.from({ length: 50 }, (_, at) => ({ partition, first: at, count: 1, bytes: 10, at: new Date(at) }));
  const rules = {
    maxMessages: 60,
    maxUnreadMessages: 1_000,
    keptSince: new Date(0),
    readUpTo: (partition: number) => (partition === 0 ? 0 : 50),
  };
  const piece = { maxBatches: 1_000, maxBytes: 1e9 };
  const plan = planForgetting([0, 1, 2].map(headsOf), { all: 150, read: 100 }, rules, piece);
  expect([...plan.before].sort()).toEqual([
    [1, 20],
    [2, 20],
  ]);
});
