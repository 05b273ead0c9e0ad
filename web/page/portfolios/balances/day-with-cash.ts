import type { NumberStyle } from '@tickfolio/lib/look/amount';
import { type Change, changeOf } from '@tickfolio/lib/look/change';
import { add, type Decimal, isZero, multiply, zero } from '@tickfolio/lib/money';
import type { PortfolioView } from '../../live/portfolio-view.js';
import { exact } from '../../text/exact.js';
import { known } from '../worth.js';

/** How everything moved together, coins and cash. */
export interface DayWithCash {
  /** Undefined where nothing is known of then. */
  readonly change: Change | undefined;
  /** What is in the sum and not in its change: it is not known what that cost. */
  readonly lacking: readonly string[];
}

type Cash = PortfolioView['cash'][number];

/** The market by which cash is valued; undefined for what everything is valued in. */
const marketOf = (asset: string): string | undefined => (asset === 'USDT' ? undefined : `${asset.toLowerCase()}usdt`);

/** Of what prices of then are needed: of what is held, and of cash that has a price; as `framedSymbols` writes it. */
export const heldWithCash = (coins: string, cash: readonly Pick<Cash, 'Asset'>[] = []): string =>
  [...new Set([...coins.split(' '), ...cash.flatMap(({ Asset }) => marketOf(Asset) ?? [])])]
    .filter((symbol) => symbol !== '')
    .sort()
    .join(' ');

type Told = Pick<PortfolioView, 'cash' | 'dayPrices' | 'dayLacking'> & {
  readonly rows: readonly Pick<PortfolioView['rows'][number], 'value' | 'valueThen'>[];
};

/** What is held now, at the prices of now and of then; money that needs no price is the same at both. */
export const dayWithCash = ({ rows, cash, dayPrices, dayLacking }: Told, style: NumberStyle): DayWithCash => {
  let [now, then] = [zero, zero];
  const lacking = [...dayLacking];
  const take = (value: Decimal, before: Decimal) => {
    now = add(now, value);
    then = add(then, before);
  };
  for (const { value, valueThen } of rows) if (value !== undefined && valueThen) take(exact(value), valueThen);
  let isAnyKnown = !isZero(then);
  for (const { Asset, Quantity, Total } of cash) {
    const value = known(Total);
    if (!value) continue;
    const market = marketOf(Asset);
    const before = market === undefined ? undefined : dayPrices.get(market);
    if (market !== undefined && !before) lacking.push(Asset);
    else take(value, before ? multiply(exact(Quantity), before.price) : value);
    isAnyKnown ||= before !== undefined;
  }
  // Money alone says nothing of what the rest did.
  const isKnown = (isAnyKnown || lacking.length === 0) && !isZero(then);
  return { change: isKnown ? changeOf(now, then, style) : undefined, lacking };
};
