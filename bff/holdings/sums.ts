import { add, formatDecimal, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Balance } from './valued-balances.js';

type Named = Pick<Balance, 'asset' | 'via'>;
/** The order of what is in a portfolio. */
export const byName = (a: Named, b: Named): number =>
  Number(a.asset > b.asset) - Number(a.asset < b.asset) || Number(a.via > b.via) - Number(a.via < b.via);

/** What there is of each in several portfolios together. @param nameOf what tells one from another */
export const sumUp = <Held extends { readonly quantity: string }>(
  held: readonly Held[],
  nameOf: (one: Held) => string,
  version: number,
) => {
  const sums = new Map<string, { readonly one: Held; readonly sum: ReturnType<typeof parseDecimal> }>();
  for (const one of held) {
    const known = sums.get(nameOf(one));
    sums.set(nameOf(one), { one: known?.one ?? one, sum: add(known?.sum ?? zero, parseDecimal(one.quantity)) });
  }
  return [...sums.values()].map(({ one, sum }) => ({ ...one, quantity: formatDecimal(sum), version }));
};

/** The same of balances, by the names of assets and symbols. */
export const sumBalances = (rows: readonly Balance[]): readonly Balance[] => {
  const sums = new Map<string, Balance>();
  const plus = (a: string, b: string) => formatDecimal(add(parseDecimal(a), parseDecimal(b)));
  for (const { asset, via, available, reserved } of rows) {
    const name = `${asset} ${via}`;
    const known = sums.get(name) ?? { asset, via, available: '0', reserved: '0' };
    sums.set(name, { ...known, available: plus(known.available, available), reserved: plus(known.reserved, reserved) });
  }
  return [...sums.values()].sort(byName);
};
