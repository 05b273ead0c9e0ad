import { triggersUpwards } from '../rules/judgement.js';
import type { MatchedOrder } from '../rules/order.js';
import { hasLimit } from '../rules/read-plan.js';
import { type Memory, type Role, readMemory, type SetAside } from './memory.js';
import { lesser, productUnitsOf, unitsOf } from './units.js';

/**
 * An order while trades are held against it. Prices that have a side are negative for SELL, so that of two the higher
 * is always the one that gives more; amounts are whole units.
 */
export interface ActingOrder {
  readonly id: string;
  readonly age: number;
  readonly sign: 1n | -1n;
  readonly limit: bigint | undefined;
  readonly protection: bigint | undefined;
  /** Not signed. */
  readonly stop: bigint | undefined;
  readonly triggersUp: boolean;
  readonly step: bigint;
  /** Shown at a time. */
  readonly part: bigint | undefined;
  readonly windowMs: number | undefined;
  /** It takes while its window is open, and never rests. */
  readonly isWindowed: boolean;
  readonly isFillOrKill: boolean;
  /** What is left of it; of one by quote, how much of that. */
  rest: bigint;
  restQuote: bigint | undefined;
  filled: bigint;
  /** Only trades with a higher number count. */
  afterTrade: number;
  fromMs: number;
  isWaiting: boolean;
  isOver: boolean;
  role: Role | undefined;
  restedAt: bigint | undefined;
  setAside: readonly SetAside[];
  /** Whether what is to be remembered of it is another now. */
  isChanged: boolean;
}

/** Of orders that take for a while, exchange time. */
const windowsMs = { immediate: 1_000, market: 60_000 } as const;
/** 8 decimals, where the exchange does not say. */
const finestStep = unitsOf({ units: 1n, scale: 8 });

const windowOf = ({ type, timeInForce }: MatchedOrder['plan']): number | undefined => {
  if (!hasLimit(type)) return windowsMs.market;
  return timeInForce === 'IOC' || timeInForce === 'FOK' ? windowsMs.immediate : undefined;
};

/** Whether it takes in a window that begins when it is accepted; that of a stop begins when it is triggered. */
export const beginsWithWindow = (plan: MatchedOrder['plan']): boolean =>
  plan.stopPrice === undefined && windowOf(plan) !== undefined;

/** Undefined of one that is kept from trades, such as at prices of the other kind. */
export const actingOrder = (order: MatchedOrder): ActingOrder | undefined => {
  const { plan, id, age } = order;
  const { side, type, timeInForce } = plan;
  if (!order.working && !plan.stopPrice) return undefined;
  const sign = side === 'BUY' ? 1n : -1n;
  const signed = (price: typeof plan.price) => price && sign * unitsOf(price);
  const memory = readMemory(order.memory);
  const filled = unitsOf(order.filledQuantity);
  const windowMs = windowOf(plan);
  return {
    ...{ id, age, sign, windowMs, filled },
    limit: signed(plan.price),
    protection: signed(order.protection),
    stop: plan.stopPrice && unitsOf(plan.stopPrice),
    triggersUp: triggersUpwards(side, type),
    step: order.stepSize && order.stepSize.units > 0n ? unitsOf(order.stepSize) : finestStep,
    part: plan.icebergQuantity && unitsOf(plan.icebergQuantity),
    isWindowed: windowMs !== undefined,
    isFillOrKill: timeInForce === 'FOK',
    rest: plan.quantity ? unitsOf(plan.quantity) - filled : 0n,
    restQuote: plan.quoteQuantity && productUnitsOf(plan.quoteQuantity) - productUnitsOf(order.filledQuote),
    afterTrade: Math.max(order.acceptedAfterTrade, order.triggeredAfterTrade ?? order.acceptedAfterTrade),
    fromMs: memory.fromMs ?? order.acceptedAtMs,
    isWaiting: !order.working,
    isOver: false,
    role: type === 'LIMIT_MAKER' ? 'maker' : windowMs === undefined ? memory.role : 'taker',
    restedAt: memory.restedAt,
    setAside: memory.setAside ?? [],
    isChanged: false,
  };
};

export const endsMs = ({ fromMs, windowMs }: ActingOrder): number => fromMs + (windowMs ?? Number.POSITIVE_INFINITY);

/** How much of a resting order is shown now. */
export const shownOf = ({ rest, part, filled, restedAt = 0n }: ActingOrder): bigint =>
  part === undefined ? rest : lesser(rest, part - ((filled - restedAt) % part));

/** How much one by quote can still pay for at a price, in whole steps. */
export const affordableAt = ({ restQuote = 0n, step }: ActingOrder, price: bigint): bigint => {
  const most = restQuote / price;
  return most - (most % step);
};

export const memoryOf = (order: ActingOrder, { acceptedAtMs }: Pick<MatchedOrder, 'acceptedAtMs'>): Memory => ({
  role: order.isWindowed || order.isWaiting ? undefined : order.role,
  fromMs: order.fromMs === acceptedAtMs ? undefined : order.fromMs,
  restedAt: order.restedAt,
  setAside: order.setAside,
});
