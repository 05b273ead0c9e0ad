import { add, type Decimal, divide, formatDecimal, isZero, subtract, zero } from '@tickfolio/lib/money';
import type { PortfolioView, Row } from '../../live/portfolio-view.js';
import { exact } from '../../text/exact.js';
import { isoOf } from '../../text/times.js';
import type { Balance, Balances } from '../use-balances.js';

/** Decimals of a price that is turned into USDT, for the eye only. */
const priceScale = 18;

/** Of one, in USDT: the market may tell it in something else. */
const priceOf = ({ quote, price, value, quantity }: Row): string | null => {
  if (price === undefined || value === undefined) return null;
  if (quote === 'USDT') return price;
  return isZero(exact(quantity)) ? null : formatDecimal(divide(exact(value), exact(quantity), priceScale));
};

type Told = Pick<Balance, 'asset' | 'via' | 'total'> & Partial<Balance>;

/**
 * What a frame tells, as it would be read. @param read what was read last, for what orders keep: frames do not tell
 */
export const framedBalances = (
  view: PortfolioView,
  about: Pick<Balances, 'portfolioId' | 'kind' | 'baseCurrency'>,
  read: Balances | undefined,
): Balances => {
  const kept = new Map<string, Decimal>();
  for (const { asset, reserved } of read?.balances ?? [])
    kept.set(asset, add(kept.get(asset) ?? zero, exact(reserved)));
  const balanceOf = (told: Told): Balance => {
    const reserved = kept.get(told.asset) ?? zero;
    kept.delete(told.asset); // All of it stands at the first one.
    const available = subtract(exact(told.total), reserved);
    return {
      available: formatDecimal(available.units < 0n ? zero : available),
      reserved: formatDecimal(reserved),
      ...told,
    };
  };
  return {
    ...about,
    version: view.version ?? 0,
    value: formatDecimal(add(view.total.value, view.cashValue)),
    balances: [
      ...view.rows.map((row) =>
        balanceOf({
          ...{ asset: row.base, via: row.symbol, total: row.quantity, value: row.value ?? null, price: priceOf(row) },
          ...{ priceTime: row.priceAtMs === undefined ? null : isoOf(row.priceAtMs), stale: row.stale },
          moving: {
            text: row.quote === 'USDT' ? row.priceText : undefined,
            ...{ direction: row.direction, ticks: row.ticks },
          },
        }),
      ),
      ...view.cash.map(({ Asset: asset, Quantity: total, Price: price, Total: value, PriceTime, Stale }) =>
        balanceOf({ asset, via: '', total, price, value, priceTime: PriceTime, stale: Stale }),
      ),
    ],
  };
};
