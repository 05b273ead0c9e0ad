import { eventually } from '../../../kit/wait-until.js';
import type { Database } from '../../../postgres/postgres.js';
import { boatTables } from '../../kit/boats.js';
import { notedIn } from './harbour.js';

type Moves = Readonly<Record<string, readonly string[]>>;

/** What the boats' table of events has, in the words of `notedIn`. */
export const writtenIn = async (db: Database): Promise<Moves> => {
  const { events } = boatTables;
  const written: Record<string, string[]> = {};
  for (const { stream, version, body } of await db.select().from(events).orderBy(events.seq)) {
    const of = written[stream] ?? [];
    written[stream] = of;
    of.push(`${version} to ${(body.data as { readonly to: number }).to}`);
  }
  return written;
};

export const countOfMoves = (moves: Moves): number => Object.values(moves).flat().length;

/**
 * Until a harbour has noted so many: however much waits, some of it is taken in all the time.
 * @param stillRuns throws where nobody takes anything in any more
 */
export const untilNoted = async (harbour: Database, moves: number, stillRuns: () => void): Promise<void> => {
  for (let noted = -1; noted < moves; ) {
    const before = noted;
    noted = await eventually(
      `more than ${before} of ${moves} events are taken in`,
      async () => {
        stillRuns();
        const now = countOfMoves(await notedIn(harbour));
        return now > before || now >= moves ? now : undefined;
      },
      60_000,
      500,
    );
  }
};
