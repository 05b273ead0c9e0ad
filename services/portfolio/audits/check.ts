import type { FindingsOf, Tally } from '@tickfolio/lib/tally';

/** What of the books is compared, by the numbers that the documents give it. */
export const checkNames = ['A1', 'A2', 'A3', 'A4', 'A5', 'A8'] as const;
export type CheckName = (typeof checkNames)[number];

/** What holds where a check finds nothing. */
export const checkWords: Readonly<Record<CheckName, string>> = {
  A1: 'each posting sums to 0',
  A2: 'each balance is the sum of its entries',
  A3: 'no balance is below zero, none is empty',
  A4: 'what is reserved is what remains of reservations',
  A5: 'each reservation is what was taken, given back and remains',
  A8: 'events are numbered without holes',
};

/** All of it, or what changed since the round before. */
export type Scope = 'changed' | 'all';

export type BooksTally = Tally<CheckName>;
export type BooksFindings = FindingsOf<CheckName>;
