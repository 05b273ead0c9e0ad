import { formatDecimal } from '@tickfolio/lib/money';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { portfolios } from '../schema.js';
import { writeBalances } from './balance-rows.js';
import { balanceTopic, eventOf, type RefusedReservation, refusedEvent } from './events.js';
import type { LockedPortfolio } from './locks.js';
import { changesOf, linesOf, type Move, type Moved, makeMoves } from './moves.js';
import { entries, postings } from './tables.js';

export interface PostingDeps {
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
}

/** What is done, all of it or nothing. */
export interface Posting {
  readonly id: string;
  readonly kind: (typeof postings.$inferInsert)['kind'];
  /** What it is done for, such as `order` and its id; in its events. */
  readonly ref: { readonly type: string; readonly id: string };
  readonly requestHash: Uint8Array;
  /** Of the call that asked for it; empty for none. */
  readonly requestId: string;
  /** Whose it is. */
  readonly portfolio: LockedPortfolio;
  /** Another one that it changes. */
  readonly other?: LockedPortfolio;
  readonly moves: readonly Move[];
  /** Told where nothing is moved. */
  readonly refused?: RefusedReservation;
  /** Of the request, where it asked for too much. */
  readonly field: string;
}

/** What was done. */
export interface Posted {
  /** In the order of the moves. */
  readonly moved: readonly Moved[];
  /** Of a portfolio, after it. */
  readonly versionOf: (portfolio: LockedPortfolio) => number;
}

/** Books it with the answer, which a repeat will get. @returns the answer */
export type Post = <Result extends object>(
  tx: Transaction,
  posting: Posting,
  answer: (posted: Posted) => Result,
) => Promise<Result>;

/** A caller may name a request as it likes. */
const maxIdLength = 128;

export const createPost = ({ append, time }: PostingDeps): Post => {
  const write = async (tx: Transaction, moved: readonly Moved[], alone: boolean): Promise<readonly Moved[]> => {
    const changes = changesOf(moved);
    const written = await writeBalances(tx, time, changes, alone);
    const found = new Map(changes.flatMap((change, at) => change.moved.map((one) => [one, written[at]] as const)));
    return moved.map((one) => ({ ...one, balance: { ...one.balance, ...found.get(one) } }));
  };
  return async (tx, posting, answer) => {
    const { id, kind, ref, requestHash, portfolio, other, refused, field } = posting;
    const locked = other ? [portfolio, other] : [portfolio];
    const versions = new Map(locked.map((one) => [one.id, one.balanceVersion]));
    const moved = await write(tx, makeMoves(posting.moves, versions, field), portfolio.kind !== 'tracking');

    const versionOf = (one: LockedPortfolio): number => {
      const ofIt = moved.filter(({ balance }) => balance.portfolioId === one.id).length;
      return one.balanceVersion + ofIt + (refused !== undefined && one === portfolio ? 1 : 0);
    };
    for (const one of locked)
      if (versionOf(one) > one.balanceVersion)
        await tx
          .update(portfolios)
          .set({ balanceVersion: versionOf(one) })
          .where(eq(portfolios.id, one.id));

    const result = answer({ moved, versionOf });
    const about = { portfolioId: portfolio.id, kind, refType: ref.type, refId: ref.id, requestHash };
    await tx.insert(postings).values({ id, ...about, result, createdAt: time() });
    const lines = linesOf(moved).map(({ amount, ...line }, at) => ({
      ...line,
      amount: formatDecimal(amount),
      postingId: id,
      line: at + 1,
    }));
    if (lines.length > 0) await tx.insert(entries).values(lines);

    const requestId = posting.requestId.slice(0, maxIdLength);
    const whose = { userId: portfolio.userId, ...(requestId === '' ? {} : { requestId }) };
    const told = moved.map((one) => eventOf(one, ref));
    const refusal = refused ? [refusedEvent(portfolio, versionOf(portfolio), refused)] : [];
    const events = [...told, ...refusal].map((event) => ({ ...event, ...whose }));
    await append(tx, await balanceTopic(), events);
    return result;
  };
};
