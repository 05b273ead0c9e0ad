import type { FindingsOf, Tally } from '@tickfolio/lib/tally';

/** What of orders is compared, by the numbers that the documents give it. */
export const checkNames = ['A6', 'A7', 'A8', 'A13'] as const;
export type CheckName = (typeof checkNames)[number];

/** What holds where a check finds nothing. */
export const checkWords: Readonly<Record<CheckName, string>> = {
  A6: 'open orders have what they need kept, and nothing is kept for others',
  A7: 'each order is the sum of its fills, booked once, with the fees that are due',
  A8: 'events are numbered without holes',
  A13: 'nothing that is to be done for an order waits for long',
};

/** All of it, or what changed since the round before. */
export type Scope = 'changed' | 'all';

export type OrdersTally = Tally<CheckName>;
export type OrdersFindings = FindingsOf<CheckName>;

/** What was passed over because it is being done. */
export interface InFlight {
  add(name: CheckName, more: number): void;
  of(name: CheckName): number;
}

export const createInFlight = (): InFlight => {
  const counts = new Map<CheckName, number>();
  return {
    add: (name, more) => void counts.set(name, (counts.get(name) ?? 0) + more),
    of: (name) => counts.get(name) ?? 0,
  };
};
