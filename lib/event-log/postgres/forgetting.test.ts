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
        const plan = planForgetting(heads, kept, rules, { maxBatches: 1_000, maxBytes: 1e9 });
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
        for (const queue of heads) {
          const head = queue.find((one) => !goes(one));
          if (!head) continue;
          expect(left - head.count).toBeLessThan(maxUnreadMessages);
          if (isRead(head)) expect([left - head.count < maxMessages, head.at >= keptSince]).toEqual([true, true]);
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
    planForgetting(heads, 50, rules, { maxBatches, maxBytes }).before.get(0);
  expect([pieceOf(20, 1_000), pieceOf(50, 100), pieceOf(100, 1_000)]).toEqual([20, 10, 45]);
});
