import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { isRight } from '@tickfolio/lib/tally';
import { sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterEach, describe, expect, it } from 'vitest';
import { newKey, openTestBooks, type TestBooks } from '../kit/books.js';
import { openServerDatabase } from '../kit/database.js';
import { createKeptSums } from './kept-sums.js';
import { always, type Round, runRound } from './round.js';

const server = await shareTestPostgres();
let close = async () => {};
afterEach(() => close());

type Place = Awaited<ReturnType<TestBooks['portfolio']>>;

/** Paper money of one user that is kept, spent, given back and moved on, everywhere at once, until it is ended. */
const startWriters = ({ books: { reservations, settle, transfer } }: TestBooks, places: readonly Place[]) => {
  const state = { isGoing: true, turns: 0 };
  const turn = async (place: Place, other: Place) => {
    const { portfolioId, userId } = place;
    const reservationId = uuid7();
    await reservations.reserve({ ...place, reservationId, for: 'order', asset: 'USDT', amount: '3' });
    await settle({
      ...{ fillId: uuid7(), reservationId, portfolioId, requestId: '', take: { asset: 'USDT', amount: '1' } },
      give: { asset: 'BTC', via: 'btcusdt', amount: '0.5' },
      fees: [{ asset: 'BTC', amount: '0.0005' }],
    });
    await reservations.release({ ...place, reservationId, reason: 'cancelled' });
    const moved = { userId, from: portfolioId, to: other.portfolioId, asset: 'USDT', quantity: '0.5' };
    await transfer({ ...moved, key: newKey(), networkFee: '0', requestId: '' });
    state.turns += 1;
  };
  const running = places.map(async (place, at) => {
    while (state.isGoing) await turn(place, places[(at + 1) % places.length] ?? place);
  });
  const ended = Promise.allSettled(running);
  return {
    state,
    /** @returns why any of them ended by itself */
    end: async () => {
      state.isGoing = false;
      return (await ended).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    },
  };
};

const wrongIn = ({ findings }: Round) => [...findings].filter(([, found]) => !isRight(found));

describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  const build = async () => {
    if (!server) throw new Error('no server');
    const postgres = await openServerDatabase(server, 12);
    close = postgres.close;
    return { postgres, real: await openTestBooks(postgres) };
  };

  it('is audited without a false alarm while much is done over many connections', async () => {
    const { real } = await build();
    const first = await real.portfolio('paper');
    const places = [first];
    while (places.length < 5) places.push(await real.portfolio('paper', { userId: first.userId }));
    for (const place of places)
      await real.books.funding.fund({ ...place, key: newKey(), asset: 'USDT', quantity: '1000000' });
    const writers = startWriters(real, places);
    const kept = createKeptSums();
    const found: unknown[] = [];
    for (let rounds = 0; rounds < 12; rounds++) {
      found.push(...wrongIn(await runRound(real, { scope: 'all', since: always })));
      found.push(...wrongIn(await runRound(real, { scope: 'changed', since: always, kept })));
    }
    const { turns } = writers.state;
    expect(await writers.end()).toEqual([]);
    expect(found).toEqual([]);
    expect(turns).toBeGreaterThan(0);
    const last = await runRound(real, { scope: 'all', since: always });
    expect(wrongIn(last)).toEqual([]);
    expect(last.findings.get('A5')?.checked).toBe(writers.state.turns);
  });

  it('is made while everything is locked, and waits for nobody', async () => {
    const { postgres, real } = await build();
    const paper = await real.portfolio('paper');
    await real.books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '100' });
    const tables = ['portfolios', 'balances', 'owners', 'reservations', 'postings', 'entries', 'portfolio_events'];
    await postgres.db.transaction(async (tx) => {
      for (const table of tables) await tx.execute(sql.raw(`select * from ${table} for update`));
      expect(wrongIn(await runRound(real, { scope: 'all', since: always }))).toEqual([]);
    });
  });

  it('keeps nobody from changing tables and rows between two pieces', async () => {
    const { postgres, real } = await build();
    await real.portfolio('paper');
    const held = await postgres.db.transaction(async (tx) => {
      await runRound({ ...real, db: tx }, { scope: 'all', since: always });
      const { rows } = (await tx.execute(
        sql`select distinct mode from pg_locks where pid = pg_backend_pid() and relation is not null`,
      )) as unknown as { rows: { mode: string }[] };
      return rows.map(({ mode }) => mode);
    });
    expect(held).toEqual(['AccessShareLock']);
  });
});
