import { type Decimal, formatDecimal, isZero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Balance } from './balances.js';
import { balances } from './tables.js';

/** A balance that a posting changes, by all of its moves together. */
export interface BalanceChange {
  readonly before: Balance;
  readonly after: Balance;
  /** Of the last event. */
  readonly version: number;
}

/** What a balance is known by, once it is written. */
type Written = Pick<Balance, 'id' | 'createdAt'>;

const isNothing = ({ available, reserved }: Balance): boolean => isZero(available) && isZero(reserved);
const amountsOf = ({ available, reserved }: Balance) => ({
  available: formatDecimal(available),
  reserved: formatDecimal(reserved),
});
const amountOf = (amount: Decimal): SQL => sql`${formatDecimal(amount)}::numeric`;
const keyOf = ({ portfolioId, asset, via }: Pick<Balance, 'portfolioId' | 'asset' | 'via'>): string =>
  `${portfolioId} ${asset} ${via}`;

/** In one statement, because somebody who takes over hundreds would have the database for long. */
const insert = async (
  tx: Transaction,
  time: DatabaseTime,
  changes: readonly BalanceChange[],
  alone: boolean,
): Promise<ReadonlyMap<string, Written>> => {
  if (changes.length === 0) return new Map();
  const rows = changes.map(({ before: { portfolioId, asset, via, elsewhere }, after, version }) => {
    const times = { createdAt: time(), updatedAt: time() };
    return { portfolioId, asset, via, ...amountsOf(after), alone, version, ...times, ...elsewhere };
  });
  const { id, createdAt, portfolioId, asset, via } = balances;
  const made = await tx.insert(balances).values(rows).returning({ id, createdAt, portfolioId, asset, via });
  const written = new Map(made.map((one) => [keyOf(one), one]));
  const gone = changes.flatMap(({ before, after }) => (isNothing(after) ? [written.get(keyOf(before))?.id ?? 0] : []));
  if (gone.length > 0) await tx.delete(balances).where(inArray(balances.id, gone));
  return written;
};

/** If it still is what it was: else somebody wrote without the lock. */
const update = async (
  tx: Transaction,
  time: DatabaseTime,
  { before, after, version }: BalanceChange,
  id: number,
): Promise<void> => {
  const asBefore = and(
    eq(balances.id, id),
    eq(balances.available, amountOf(before.available)),
    eq(balances.reserved, amountOf(before.reserved)),
  );
  const which = { id: balances.id };
  const written = isNothing(after)
    ? await tx.delete(balances).where(asBefore).returning(which)
    : await tx
        .update(balances)
        .set({ ...amountsOf(after), version, updatedAt: time() })
        .where(asBefore)
        .returning(which);
  if (written.length !== 1) throw new Error('a balance was changed without the lock of its portfolio');
};

/**
 * Writes what balances come to. What comes to nothing goes. @returns which each is, in their order
 * @param alone whether their portfolios have one balance an asset
 */
export const writeBalances = async (
  tx: Transaction,
  time: DatabaseTime,
  changes: readonly BalanceChange[],
  alone: boolean,
): Promise<readonly Written[]> => {
  for (const change of changes) if (change.before.id !== undefined) await update(tx, time, change, change.before.id);
  const isNew = ({ before }: BalanceChange) => before.id === undefined;
  const made = await insert(tx, time, changes.filter(isNew), alone);
  return changes.map(({ before }) => {
    const written = before.id === undefined ? made.get(keyOf(before)) : before;
    if (!written) throw new Error('a balance was not made');
    const { id, createdAt } = written;
    return { id, createdAt };
  });
};
