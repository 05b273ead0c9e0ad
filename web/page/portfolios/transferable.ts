import { add, compare, formatDecimal, isZero, zero } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import type { Portfolio } from './portfolio-calls.js';
import type { Balances } from './use-balances.js';

/** Where what is in a portfolio can go: to another one of paper money at the same prices. What one owns stays where it is. */
export const targetsOf = (from: Portfolio, all: readonly Portfolio[]): readonly Portfolio[] =>
  from.kind !== 'paper' || from.archivedAt !== null
    ? []
    : all.filter(({ id, kind, simulated }) => id !== from.id && kind === from.kind && simulated === from.simulated);

/** How much of each asset can be taken, exact; what is worth most first. */
export const availableOf = ({ balances }: Balances): ReadonlyMap<string, string> => {
  const worthOf = ({ value }: Balances['balances'][number]) => exact(value ?? '0');
  const found = new Map<string, string>();
  for (const { asset, available } of [...balances].sort((a, b) => compare(worthOf(b), worthOf(a)))) {
    if (isZero(exact(available))) continue;
    found.set(asset, formatDecimal(add(exact(found.get(asset) ?? '0'), exact(available))));
  }
  return found;
};

/** How much of an asset there is, with what orders keep of it, exact. */
export const totalOf = ({ balances }: Balances, asset: string): string =>
  formatDecimal(balances.filter((one) => one.asset === asset).reduce((sum, { total }) => add(sum, exact(total)), zero));
