import type { balanceEvents } from '@tickfolio/lib/events/balance-events';
import type { EventTypes } from '@tickfolio/lib/events/domain-event';
import { streams } from '@tickfolio/lib/events/streams';
import { type Decimal, formatDecimal } from '@tickfolio/lib/money';
import type { NewEvent } from '@tickfolio/lib/outbox';
import type { LockedPortfolio } from './locks.js';
import type { Moved } from './moves.js';

type TypesOf<T> = T extends { readonly types: infer Types extends EventTypes } ? Types : never;
type BalanceEvent = NewEvent<TypesOf<typeof balanceEvents>>;
type WithoutUser<Event> = Event extends unknown ? Omit<Event, 'userId'> : never;
/** What a posting says of its own accord; whose it is and who asked for it is the same in all its events. */
type OwnPart = WithoutUser<BalanceEvent>;

/** A reservation that is not made, now or later. */
export interface RefusedReservation {
  readonly reservationId: string;
  readonly asset: string;
  readonly amount: Decimal;
  readonly available: Decimal;
  readonly reason: string;
}

/** Loaded when something is told first: what it checks events with is nothing that a start should wait for. */
export const balanceTopic = async () => (await import('@tickfolio/lib/events/balance-events')).balanceEvents;

/** @param ref what was done */
export const eventOf = (
  { move, version, balance }: Moved,
  ref: { readonly type: string; readonly id: string },
): OwnPart => {
  const { id, portfolioId, asset, via, available, reserved, createdAt } = balance;
  if (id === undefined || createdAt === undefined) throw new Error('a balance is told before it is written');
  const stream = streams.balances(portfolioId);
  const state = {
    portfolioId,
    balanceId: id,
    asset,
    via,
    available: formatDecimal(available),
    reserved: formatDecimal(reserved),
    createdAt: createdAt.toISOString(),
  };
  const { said } = move;
  if (said.type !== 'balance.updated') {
    const { type, reservationId } = said;
    const [amount, remaining] = [formatDecimal(said.amount), formatDecimal(said.remaining)];
    return { type, stream, version, data: { ...state, reservationId, amount, remaining } };
  }
  const { type, reason, observedPrice } = said;
  const change = { available: formatDecimal(move.available), reserved: formatDecimal(move.reserved) };
  const price = observedPrice === undefined ? {} : { observedPrice };
  const data = { ...state, change, reason, ref: `${ref.type}:${ref.id}`, ...price };
  return { type, stream, version, data };
};

export const refusedEvent = (
  { id: portfolioId }: Pick<LockedPortfolio, 'id'>,
  version: number,
  { reservationId, asset, amount, available, reason }: RefusedReservation,
): OwnPart => ({
  type: 'balance.reservation_refused',
  stream: streams.balances(portfolioId),
  version,
  data: {
    portfolioId,
    reservationId,
    asset,
    amount: formatDecimal(amount),
    available: formatDecimal(available),
    reason,
  },
});
