import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { membershipContract } from './membership.contract.js';
import { dealPartitions } from './membership.js';
import { createMemoryEventLog } from './memory/memory.js';

membershipContract(
  'memory',
  async () => {
    const eventLog = createMemoryEventLog({ clock: systemClock, log: silentLogger(), metrics: createMetrics('test') });
    return { topic: 'shares', open: () => eventLog, end: () => eventLog.close() };
  },
  30_000,
);

const all = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('dealing partitions out', () => {
  it('gives each to one member, evenly, and moves only what must move', () => {
    const claims = fc
      .tuple(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      )
      .map(([count, members, draws]) => {
        const owners = all(count).map((partition) => [Number(draws.next().value), partition] as const);
        return {
          count,
          claims: all(members).map((m) => ({
            memberId: `m${m}`,
            partitions: owners.filter(([o]) => o === m).map(([, p]) => p),
          })),
        };
      });
    fc.assert(
      fc.property(claims, ({ count, claims: given }) => {
        const dealt = dealPartitions(all(count), given);
        expect([...dealt.values()].flat().sort((a, b) => a - b)).toEqual(all(count));
        const sizes = [...dealt.values()].map((own) => own.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const { memberId, partitions } of given) {
          const own = dealt.get(memberId) ?? [];
          // Nobody gives something up and gets something else for it.
          const lost = partitions.filter((partition) => !own.includes(partition));
          const got = own.filter((partition) => !partitions.includes(partition));
          expect(Math.min(lost.length, got.length)).toBe(0);
        }
        expect(dealPartitions(all(count), [...given].reverse())).toEqual(dealt);
      }),
    );
  });

  it('gives a partition that two claim to one of them', () => {
    const dealt = dealPartitions(all(4), [
      { memberId: 'a', partitions: [0, 1, 2] },
      { memberId: 'b', partitions: [0, 1, 2, 3, 9] },
    ]);
    expect([...dealt.values()].flat().sort()).toEqual(all(4));
  });
});
