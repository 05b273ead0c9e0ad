import { afterAll, describe, it } from 'vitest';
import type { EventMessage } from '../../events/message.js';
import { becomes } from '../../kit/becomes.js';
import { seed, seedsOf } from '../../kit/counts.js';
import { shareTestPglite } from '../../kit/pglite.js';
import { createRandom } from '../../kit/random.js';
import type { Postgres } from '../../postgres/postgres.js';
import { boatEvents } from '../kit/boats.js';
import { buildHarbour } from './kit/build-harbour.js';
import { harbourMigrations } from './kit/harbour.js';

const histories = seedsOf(6);
const steps = 25;
const names = ['a', 'b', 'c', 'd'];

/** What the harbour must have noted in the end: all that the fleet still has, of each boat in its order. */
const modelOf = (moves: readonly { readonly stream: string; readonly version: number; readonly to: number }[]) => {
  const noted: Record<string, string[]> = {};
  for (const { stream, version, to } of moves) {
    const of = noted[stream] ?? [];
    noted[stream] = of;
    of.push(`${version} to ${to}`);
  }
  return noted;
};

/** Transactions of which some fail at their end, as when the process is killed before the commit. */
const failing = (postgres: Postgres, fails: () => boolean): Postgres => {
  const transaction: typeof postgres.db.transaction = (work, config) =>
    postgres.db.transaction(async (tx) => {
      const made = await work(tx);
      if (fails()) throw new Error('killed before the commit');
      return made;
    }, config);
  return { ...postgres, db: Object.create(postgres.db, { transaction: { value: transaction } }) as typeof postgres.db };
};

describe('an inbox against a model', () => {
  const opened: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const one of opened.reverse()) await one.close();
  });

  it.each(Array.from({ length: histories }, (_, at) => `${seed}/${at}`))(
    'has noted what the fleet has, whatever was lost, came twice, late or in another order, was restored or killed: %s',
    async (history) => {
      const random = createRandom(history);
      const chance = (share: number) => random() < share;
      const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
      const postgres = await shareTestPglite(harbourMigrations);
      let isFailing = true;
      const harbour = buildHarbour(failing(postgres, () => isFailing && chance(0.15)));
      opened.push(harbour);
      const { begin, fleet, scripted, clock, noted, close } = harbour;
      const sent: EventMessage[] = [];
      await begin();
      let restore = fleet.backup();
      for (let step = 0; step < steps; step++) {
        for (let moves = Math.floor(random() * 4); moves > 0; moves--)
          sent.push(fleet.move(one(names), Math.floor(random() * 100)));
        if (chance(0.1)) restore = fleet.backup();
        if (chance(0.08)) restore();
        if (chance(0.1)) {
          await close();
          await begin();
        }
        // Some of what was ever sent, in whatever order; more of what is new.
        const batch = sent.slice(chance(0.7) ? -6 : 0).filter(() => chance(0.6));
        if (chance(0.3)) batch.sort(() => random() - 0.5);
        await scripted.deliver(boatEvents.name, batch).catch(() => undefined);
        if (chance(0.3)) clock.advance(20_000);
      }
      // In the end the log has brought everything, and each boat moves once more.
      isFailing = false;
      for (const name of names) sent.push(fleet.move(name, 0));
      await scripted.deliver(boatEvents.name, sent);
      await becomes(async () => {
        clock.advance(1_000);
        return noted();
      }, modelOf(fleet.moves));
      await close();
    },
  );
});
