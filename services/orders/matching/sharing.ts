import type { TapeTrade } from '../rules/order.js';
import { type ActingOrder, affordableAt, shownOf } from './acting-order.js';
import type { MatchRules } from './match-rules.js';
import type { SetAside } from './memory.js';
import type { EndReason, MatchStep } from './steps.js';
import { decimalOf, lesser, unitsOf } from './units.js';

/** A trade as it is held against orders: prices after it, and what of it is spent elsewhere. */
export interface SharedTrade {
  readonly acting: readonly ActingOrder[];
  readonly trade: TapeTrade;
  readonly price: bigint;
  readonly ask: bigint;
  readonly bid: bigint;
  readonly rules: MatchRules;
  readonly taken: bigint;
  readonly steps: MatchStep[];
  readonly end: (order: ActingOrder, reason: EndReason, afterTrade: number) => void;
}

/** What an order would have of a trade, at which price. */
interface Claim {
  readonly order: ActingOrder;
  /** Not signed. */
  readonly price: bigint;
  readonly maker: boolean;
}

/** FOK that would need more trades than this within its second gets none. */
const maxSetAside = 1_000;

const claimOfMaker = (order: ActingOrder, { price, trade, rules }: SharedTrade): Claim | undefined => {
  const { limit, sign } = order;
  if (limit === undefined) return undefined;
  const signed = sign * price;
  const isTouched = rules.touch === 'always' && signed === limit && trade.buyerIsMaker === sign > 0n;
  return signed < limit || isTouched ? { order, price: sign * limit, maker: true } : undefined;
};

const claimOfTaker = (order: ActingOrder, shared: SharedTrade): Claim | undefined => {
  const { sign, limit, protection } = order;
  const print = sign * (sign > 0n ? shared.ask : shared.bid);
  const signed = sign * shared.price;
  const price = signed > print ? signed : print;
  if (limit !== undefined && !order.isWindowed && print > limit) {
    // The other side has left its price: from here on it rests.
    order.role = 'maker';
    order.restedAt = order.filled;
    order.isChanged = true;
    return claimOfMaker(order, shared);
  }
  if (limit !== undefined && price > limit) return undefined;
  if (protection !== undefined && price > protection) {
    shared.end(order, 'protection', shared.trade.id);
    return undefined;
  }
  return { order, price: sign * price, maker: false };
};

/** A share of a trade in whole steps; all of it as it is. */
const shareOf = (quantity: bigint, { units, scale }: MatchRules['takeShare'], step: bigint): bigint => {
  const whole = 10n ** BigInt(scale);
  if (units === whole) return quantity;
  const share = (quantity * units) / whole;
  return share - (share % step);
};

/** What it still wants at a price, by itself. */
const wantedOf = ({ order, price, maker }: Claim): bigint => {
  if (order.restQuote !== undefined) return affordableAt(order, price);
  if (maker) return shownOf(order);
  return order.rest - order.setAside.reduce((sum, { quantity }) => sum + quantity, 0n);
};

const fill = (
  order: ActingOrder,
  { trade, price, quantity, takenBefore }: SetAside,
  maker: boolean,
  steps: MatchStep[],
): void => {
  order.filled += quantity;
  if (order.restQuote === undefined) order.rest -= quantity;
  else order.restQuote -= price * quantity;
  const isLast = order.restQuote === undefined ? order.rest === 0n : affordableAt(order, price) === 0n;
  order.isOver = isLast;
  steps.push({
    ...{ kind: 'fill', orderId: order.id, trade, maker, isLast },
    ...{ price: decimalOf(price), quantity: decimalOf(quantity), takenBefore: decimalOf(takenBefore) },
  });
};

/** Keeps a part for an order that gets all or nothing. @returns whether it is all, and was filled by all parts */
const setAside = ({ order }: Claim, part: SetAside, { steps, end, trade }: SharedTrade): boolean => {
  order.setAside = [...order.setAside, part];
  order.isChanged = true;
  const isAll = order.setAside.reduce((sum, { quantity }) => sum + quantity, 0n) === order.rest;
  if (isAll) for (const one of order.setAside) fill(order, one, false, steps);
  else if (order.setAside.length >= maxSetAside) end(order, 'time-in-force', trade.id);
  return isAll;
};

/** By how much its price is better than the trade's; who takes at any price goes first. */
const margin = ({ order }: Claim, price: bigint): bigint | undefined =>
  order.limit === undefined ? undefined : order.limit - order.sign * price;
const byPriceThenAge = (a: Claim, b: Claim, price: bigint): number => {
  const [of, than] = [margin(a, price), margin(b, price)];
  if (of === than) return a.order.age - b.order.age;
  if (of === undefined || than === undefined) return of === undefined ? -1 : 1;
  return of > than ? -1 : 1;
};

/** What another that gets all or nothing got of a trade is not there for this one any more. */
const withoutSpent = (parts: readonly SetAside[], spent: readonly SetAside[]): readonly SetAside[] =>
  parts.flatMap((part) => {
    const of = spent.find(({ trade }) => trade.id === part.trade.id);
    if (!of) return [part];
    const takenBefore = part.takenBefore + of.quantity;
    const quantity = lesser(part.quantity, unitsOf(part.trade.quantity) - takenBefore);
    return quantity > 0n ? [{ ...part, quantity, takenBefore }] : [];
  });

/**
 * Spends a trade once among the orders that it meets, by price and then age. What gets all or nothing comes after the
 * others: what is set aside for it is spent once it is all, so that nobody goes without for what comes to nothing.
 */
export const sharedOut = (shared: SharedTrade): void => {
  const { acting, trade, price, rules, steps, end } = shared;
  const claims: Claim[] = [];
  for (const order of acting) {
    if (order.isWaiting) continue;
    const claim = order.role === 'maker' ? claimOfMaker(order, shared) : claimOfTaker(order, shared);
    if (claim) claims.push(claim);
  }
  if (claims.length === 0) return;
  if (claims.length > 1)
    claims.sort((a, b) => Number(a.order.isFillOrKill) - Number(b.order.isFillOrKill) || byPriceThenAge(a, b, price));
  const quantity = unitsOf(trade.quantity);
  let taken = shared.taken;
  for (const claim of claims) {
    const { order, maker } = claim;
    const wanted = wantedOf(claim);
    if (order.restQuote !== undefined && wanted === 0n) {
      end(order, 'below-step', trade.id);
      continue;
    }
    const share = shareOf(quantity, maker ? rules.throughShare : rules.takeShare, order.step);
    const given = lesser(lesser(wanted, share), quantity - taken);
    if (given <= 0n) continue;
    const part = { trade, price: claim.price, quantity: given, takenBefore: taken };
    if (!order.isFillOrKill) fill(order, part, maker, steps);
    else if (!setAside(claim, part, shared)) continue;
    else
      for (const other of acting) {
        if (other === order || other.setAside.length === 0 || other.isOver) continue;
        other.setAside = withoutSpent(other.setAside, order.setAside);
        other.isChanged = true;
      }
    taken += given;
  }
};
