import { add, type Decimal, formatDecimal, isZero, negate, subtract, zero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt } from 'drizzle-orm';
import { isLess, least, readFee, readPositive, sumOf } from '../postings/amounts.js';
import { defaultVia } from '../postings/asset-rows.js';
import { type Balance, findBalances, newBalance, requireRoom, soleBalance } from '../postings/balances.js';
import { requireRoomFor } from '../postings/brought.js';
import { type LockedPortfolio, lockPortfolios, requireOpen, requireOwn } from '../postings/locks.js';
import type { Move } from '../postings/moves.js';
import { readAsset } from '../postings/names.js';
import { type Command, findAnswer, hashOf, idOfKey } from '../postings/once.js';
import type { Post } from '../postings/posting.js';
import { booksRefusal, tooLittle, wrongKind } from '../postings/refusal.js';
import { balances } from '../postings/tables.js';
import type { Asked } from './asked.js';

export interface TransferAsked extends Pick<Asked, 'userId' | 'requestId' | 'signal'> {
  readonly key: string;
  /** Ids of portfolios of the user, of one kind. */
  readonly from: string;
  readonly to: string;
  readonly asset: string;
  /** What arrives: decimal text above zero. */
  readonly quantity: string;
  /** What it costs besides, taken where it comes from: decimal text, `0` for nothing. */
  readonly networkFee: string;
}

export interface Transferred {
  readonly id: string;
  /** Of the two portfolios, after it. */
  readonly fromVersion: number;
  readonly toVersion: number;
}

/**
 * Moves an asset from one portfolio of a user to another. Of several balances the one of the asset's usual symbol is
 * taken first, then by the names of theirs, and what is taken arrives under the same.
 * @throws AppError failed_precondition where there is not so much, or the two are of different kinds
 */
export type Transfer = (asked: TransferAsked) => Promise<Transferred>;

export interface TransferDeps {
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

interface Part {
  readonly balance: Balance;
  readonly amount: Decimal;
}

/** Takes so much, from one after the other; what is left of each comes with it. */
const take = (from: readonly Balance[], amount: Decimal): { parts: readonly Part[]; left: readonly Balance[] } => {
  let missing = amount;
  const parts: Part[] = [];
  const left = from.map((balance) => {
    const part = least(balance.available, missing);
    if (!isZero(part)) parts.push({ balance, amount: part });
    missing = subtract(missing, part);
    return { ...balance, available: subtract(balance.available, part) };
  });
  return { parts, left };
};

const requireAlike = (from: LockedPortfolio, to: LockedPortfolio) => {
  if (from.id === to.id)
    throw booksRefusal('invalid_argument', 'to', 'invalid-argument', 'A transfer goes from one portfolio to another.');
  if (from.kind === 'exchange' || to.kind === 'exchange')
    throw wrongKind('to', 'What lies at an exchange is moved there; nothing was changed.');
  if (from.kind !== to.kind || from.simulated !== to.simulated)
    throw wrongKind('to', 'The two portfolios are of different kinds, which never mix; nothing was changed.');
};

export const createTransfer = ({ command, post, time }: TransferDeps): Transfer => {
  const ordered = async (tx: Transaction, from: LockedPortfolio, asset: string): Promise<readonly Balance[]> => {
    const found = await findBalances(tx, from, and(eq(balances.asset, asset), gt(balances.available, '0')));
    const usual = found.length > 1 ? await defaultVia(tx, asset) : undefined;
    return [...found.filter(({ via }) => via === usual), ...found.filter(({ via }) => via !== usual)];
  };
  /** Where each part arrives. */
  const arriving = async (
    tx: Transaction,
    to: LockedPortfolio,
    asset: string,
    parts: readonly Part[],
  ): Promise<readonly Balance[]> => {
    if (to.kind !== 'tracking') return [await soleBalance(tx, to, asset, parts[0]?.balance.via ?? '')];
    const held = await findBalances(tx, to, eq(balances.asset, asset));
    return parts.map(({ balance: { via } }) => held.find((one) => one.via === via) ?? newBalance(to.id, asset, via));
  };
  const said = { type: 'balance.updated', reason: 'transfer' } as const;

  return async ({ userId, requestId, signal, key, ...asked }) => {
    const asset = readAsset(asked.asset, 'asset');
    const quantity = readPositive(asked.quantity, 'quantity');
    const fee = readFee(asked.networkFee, 'network_fee');
    const [fromId, toId] = [asked.from.toLowerCase(), asked.to.toLowerCase()];
    const id = idOfKey(userId, key);
    const requestHash = hashOf('transfer', fromId, toId, asset, formatDecimal(quantity), formatDecimal(fee));
    const work = async (tx: Transaction): Promise<Transferred> => {
      const locked = await lockPortfolios(tx, time, [fromId, toId]);
      const from = requireOwn(locked.get(fromId), userId, 'from');
      const to = requireOwn(locked.get(toId), userId, 'to');
      const before = await findAnswer<Transferred>(tx, id, requestHash);
      if (before) return before;
      requireAlike(from, to);
      requireOpen(from, 'from');
      requireOpen(to, 'to');
      const held = await ordered(tx, from, asset);
      const [available, needed] = [sumOf(held.map((one) => one.available)), add(quantity, fee)];
      if (isLess(available, needed))
        throw tooLittle('quantity', asset, formatDecimal(available), formatDecimal(needed));
      const { parts, left } = take(held, quantity);
      const fees = take(left, fee).parts;
      const arrivals = await arriving(tx, to, asset, parts);
      await requireRoom(tx, to.id, arrivals.filter((one) => one.id === undefined).length, 'to');
      const [sole] = arrivals;
      if (to.kind !== 'tracking' && sole) await requireRoomFor(tx, sole, quantity, 'quantity');

      const original = (of: Balance) => held.find((one) => one.id === of.id) ?? of;
      const moves: readonly Move[] = [
        ...parts.map(({ balance, amount }) => ({ balance, available: negate(amount), reserved: zero, said })),
        ...parts.map(({ amount }, at) => ({
          balance: arrivals[at] ?? arrivals[0] ?? newBalance(to.id, asset, ''),
          available: amount,
          reserved: zero,
          said,
        })),
        ...fees.map(({ balance, amount }) => ({
          balance: original(balance),
          available: negate(amount),
          reserved: zero,
          against: 'fees' as const,
          said: { type: 'balance.updated', reason: 'fee' } as const,
        })),
      ];
      const ref = { type: 'posting', id };
      const about = { id, kind: 'transfer', ref, requestHash, requestId, field: 'quantity' } as const;
      return post(tx, { ...about, portfolio: from, other: to, moves }, ({ versionOf }) => ({
        id,
        fromVersion: versionOf(from),
        toVersion: versionOf(to),
      }));
    };
    return command(fromId, work, signal);
  };
};
