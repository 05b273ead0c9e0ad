import { compare, parseDecimal, subtract } from '@tickfolio/lib/money';
import { asc, eq } from 'drizzle-orm';
import { takenOf } from '../audits/order-check.js';
import { allPages, type Difference, findDifferences, type ReservationCheckDeps } from '../audits/reservation-check.js';
import type { KeptReservation } from '../portfolio/reservations.js';
import { sagas } from '../schema.js';

/** What puts one difference between orders and portfolio right, as one of the two was restored to before the other. */
export type Repair =
  /** Nobody has an order for which something is kept: it is given back. */
  | { readonly kind: 'release'; readonly id: string; readonly portfolioId: string; readonly words: string }
  /** Portfolio does not know what it had promised: it is asked for all of it again, which it does once. */
  | { readonly kind: 'replay'; readonly id: string; readonly words: string }
  /** Portfolio knows that the order ended: it ends here too. */
  | { readonly kind: 'cancel'; readonly id: string; readonly words: string };

export interface RepairPlan {
  readonly repairs: readonly Repair[];
  /** What differs and is put right by nobody but people, in words; or comes right by itself. */
  readonly left: readonly string[];
}

const maxStuck = 1_000;

const isLess = (a: string, b: string): boolean => compare(parseDecimal(a), parseDecimal(b)) < 0;
const bookedOf = ({ amount, remaining, released }: KeptReservation) =>
  subtract(subtract(parseDecimal(amount), parseDecimal(remaining)), parseDecimal(released));

/** Undefined where nobody may decide it by itself. */
const repairOf = (
  { id, own, kept, words }: Pick<Difference, 'id' | 'own' | 'kept' | 'words'>,
  taken: string,
): Repair | undefined => {
  if (!own) return kept && { kind: 'release', id, portfolioId: kept.portfolioId, words };
  if (!kept) return { kind: 'replay', id, words };
  // A fill that is here and not there is booked once more; one that is there comes by the trades that are looked at again.
  if (kept.state === 'held')
    return compare(bookedOf(kept), parseDecimal(taken)) > 0 ? undefined : { kind: 'replay', id, words };
  const isOpen = own.status === 'NEW' || own.status === 'PARTIALLY_FILLED';
  const isGivenBack = kept.state !== 'closed' || isLess('0', kept.released);
  return isOpen && isGivenBack ? { kind: 'cancel', id, words } : undefined;
};

/**
 * What can be put right of all that differs. Asks, and changes nothing.
 * @throws AppError unavailable where portfolio is away
 */
export const planRepairs = async (deps: ReservationCheckDeps): Promise<RepairPlan> => {
  const { db, portfolio } = deps;
  const { found } = await findDifferences(deps, () => undefined, allPages);
  const stuck = await db
    .select({ id: sagas.id, lastError: sagas.lastError })
    .from(sagas)
    .where(eq(sagas.step, 'stuck'))
    .orderBy(asc(sagas.id))
    .limit(maxStuck);
  const repairs: Repair[] = [];
  const left: string[] = [];
  for (const difference of found) {
    const repair = repairOf(difference, difference.own ? await takenOf(db, difference.id) : '0');
    if (repair) repairs.push(repair);
    else left.push(difference.words);
  }
  for (const { id, lastError } of stuck) {
    const kept = await portfolio.reservation(id);
    const words = `the order ${id} is stuck: ${lastError ?? 'nobody said why'}`;
    if (!kept || kept.state === 'held') repairs.push({ kind: 'replay', id, words });
    else left.push(words);
  }
  return { repairs, left };
};
