import type { Balances } from '@tickfolio/gen/portfolio/v1';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import type { Shown, ShownRow } from './shown.js';

/** How what is shown of a portfolio stands to what is in it. */
export type Comparison =
  /** They are of one moment, and these differ, each in words. */
  | { readonly is: 'compared'; readonly differences: readonly string[] }
  /** Events were not taken in yet, or never will be. */
  | { readonly is: 'behind' }
  /** More was taken in than there is, or the portfolio is another already. */
  | { readonly is: 'ahead' }
  /** It is not to be compared now: its user moves or is erased, or an operator has to say how it goes on. */
  | { readonly is: 'left-out' };

type Held = Pick<Balances, 'portfolioId' | 'userId' | 'version'> & { readonly balances: readonly ShownRow[] };

/** Of a coin only the symbol is known here. */
const nameOf = ({ asset, via }: Pick<ShownRow, 'asset' | 'via'>, isCoin: boolean): string =>
  isCoin ? via : `${asset} ${via}`.trim();

const none = { available: '0', reserved: '0' };

/**
 * Holds what is shown of a portfolio against what its service says, where both are of one version.
 * @param shown read after `held` was
 */
export const compare = (held: Held, shown: Shown): Comparison => {
  const { portfolioId, userId, version } = held;
  const isOwned = defaultPortfolioId(userId) === portfolioId;
  if (shown.isErased || shown.isParked || (isOwned && shown.coins === 'moving')) return { is: 'left-out' };
  if (shown.heard < version) return { is: 'behind' };
  if (shown.newest > version) return { is: 'ahead' };
  const isCoin = ({ via }: ShownRow) => isOwned && via !== '';
  const inIt = new Map(held.balances.map((row) => [nameOf(row, isCoin(row)), row]));
  /** Where an asset is there once, the symbol only says how it is valued, and is one that came to be known later perhaps. */
  const rightful = (row: ShownRow): string => {
    const name = nameOf(row, isCoin(row));
    if (inIt.has(name) || row.via !== '') return name;
    const others = held.balances.filter(({ asset }) => asset === row.asset);
    const [only] = others;
    return only && others.length === 1 && !isCoin(only) ? nameOf(only, false) : name;
  };
  const here = new Map(shown.rows.map((row) => [rightful(row), row]));
  const differences = [...new Set([...inIt.keys(), ...here.keys()])].flatMap((name) => {
    const [is, as] = [inIt.get(name) ?? none, here.get(name) ?? none];
    if (is.available === as.available && is.reserved === as.reserved) return [];
    return [
      `${name} of ${portfolioId} at version ${version}: ${as.available} available and ${as.reserved} reserved are shown, ${is.available} and ${is.reserved} are there`,
    ];
  });
  return { is: 'compared', differences };
};
