import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { Turn } from '@tickfolio/lib/postgres/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOneDatabase, type Person, type TableSize } from '../kit/one-database.js';

const days = 5;
/** By then the pages that each day empties are used again: those of an index only one round of cleaning later. */
const steadyDay = 3;
const stepsADay = 4;
const stepMs = 86_400_000 / stepsADay;
const regulars = 3;
/** Of somebody who comes, hands them over, and leaves on the same day. */
const coinsOfGuest = 500;
const patienceMs = 120_000;
/** A piece of 1,000, and what is noted of it. */
const maxRows = 1_100;
const maxStatements = 20;
const pageBytes = 8_192;
/** Files of the database's log: what is written between two looks at it, and what is kept for use again. */
const maxLogBytes = (32 + 64 + 16) * 2 ** 20;

const sum = (sizes: readonly TableSize[], of: 'bytes' | 'rowBytes' | 'indexes') =>
  sizes.reduce((total, size) => total + size[of], 0);

describe('one embedded database under everything at once, day after day', () => {
  const turns: Turn[] = [];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let run: Awaited<ReturnType<typeof openOneDatabase>>;
  const sizes: TableSize[][] = [];
  const folders: { log: number; rest: number }[] = [];

  let nextId = 1;
  const adopted = async (guest: Person) => {
    const times = { createdAtMs: run.clock.now() };
    const coins = Array.from({ length: coinsOfGuest }, (_, at) => ({
      ...{ id: nextId++, symbol: `c${at}usdt`, quoteAsset: 'USDT', quantity: `${at + 1}.5`, ...times },
    }));
    await run.adopt(guest, coins);
  };
  const changed = async (person: Person) => {
    for (const by of ['1', '2', '-3']) await run.change(person, by);
  };
  /** Lets the minutes pass in which what is left is done. */
  const allDone = (what: string, left: string) =>
    eventually(
      what,
      async () => {
        run.clock.advance(60_000);
        const [found] = await run.ask<{ left: number }>(`select count(*)::int as left from ${left}`);
        return found?.left === 0;
      },
      patienceMs,
      100,
    );

  beforeAll(
    async () => {
      folder = await temporaryFolder();
      run = await openOneDatabase(folder.path, (turn) => turns.push(turn));
      turns.length = 0; // Tables are made before there is anybody.
      await run.begin();
      const people: Person[] = [];
      for (let at = 0; at < regulars; at++) people.push(await run.register(`regular-${at}`));
      for (let day = 1; day <= days; day++) {
        const guest = await run.register(`guest-${day}`);
        for (let step = 0; step < stepsADay; step++) {
          // What is due begins, and meanwhile people come.
          run.clock.advance(stepMs);
          await Promise.all([...people.flatMap((person) => [run.comeAndGo(person), changed(person)]), adopted(guest)]);
        }
        await run.leave(guest);
        await allDone('who left is erased', 'auth_db.erasures where done_at is null');
        for (const outbox of ['auth_db.user_events', 'portfolio_service.portfolio_events'])
          await allDone(`${outbox} are told`, `${outbox} where sent_at is null`);
        await allDone('all is vacuumed', 'pg_stat_user_tables where n_dead_tup > 50 + 0.2 * n_live_tup');
        sizes.push(await run.sizes());
        folders.push(run.folderBytes());
      }
    },
    (days + 1) * patienceMs,
  );
  afterAll(async () => {
    await run.close();
    await folder.remove();
  });

  it('no request waits for more than one turn of audits, retention, relays and the like', () => {
    const requests = turns.filter(({ isBackground }) => !isBackground);
    expect(requests.length).toBeGreaterThan(500);
    expect(requests.some(({ behindBackground }) => behindBackground > 0)).toBe(true);
    expect(requests.filter(({ behindBackground }) => behindBackground > 1)).toEqual([]);
  });

  it('nobody has it for more than 20 statements, or 1,000 rows and what is noted of them', () => {
    expect(turns.filter(({ rows, statements }) => rows > maxRows || statements > maxStatements)).toEqual([]);
  });

  it('its folder does not grow but by its rows', () => {
    const [steady, last] = [sizes[steadyDay - 1], sizes.at(-1)];
    const [first, now] = [folders[steadyDay - 1], folders.at(-1)];
    if (!steady || !last || !first || !now) return expect.unreachable();
    const grown = (of: 'bytes' | 'rowBytes') => sum(last, of) - sum(steady, of);
    // Each row is in some indexes, and a page begun in each.
    const ofRows = 3 * Math.max(0, grown('rowBytes')) + sum(last, 'indexes') * pageBytes;
    const words = last.map(
      ({ name, rows, bytes }, at) => `${name}: ${rows} rows, ${steady[at]?.bytes} to ${bytes} bytes`,
    );
    expect(grown('bytes'), words.join('\n')).toBeLessThan(ofRows);
    // The rest of the folder are the database's own tables.
    expect(now.rest - first.rest, words.join('\n')).toBeLessThan(ofRows + 64 * pageBytes);
    expect(now.log).toBeLessThanOrEqual(maxLogBytes);
  });
});
