import type { Decimal } from '@tickfolio/lib/money';
import { readHeld } from '../postings/amounts.js';
import type { Balance } from '../postings/balances.js';
import { readAsset, readSymbol } from '../postings/names.js';
import { booksRefusal } from '../postings/refusal.js';

/** A coin as it was counted elsewhere. */
export interface CoinElsewhere {
  /** Which it keeps, unless it is one that is given here: then this database was restored, and it gets another. */
  readonly id: number;
  readonly symbol: string;
  readonly quoteAsset: string;
  /** Decimal text, `0` where it is not held any more. */
  readonly quantity: string;
  readonly createdAtMs: number;
}

/** As many as a gateway may be set to keep for one user. */
const maxCoins = 10_000;

export const invalid = (field: string, message: string) =>
  booksRefusal('invalid_argument', field, 'invalid-argument', message);

export const isNumber = (id: number): boolean => Number.isSafeInteger(id) && id > 0;

/** What a symbol is of, which is not listed any more perhaps: exchanges put what it is priced in behind it. */
const assetOf = (symbol: string, quoteAsset: string): string => {
  const quote = quoteAsset.toLowerCase();
  const isBehind = quote !== '' && symbol.endsWith(quote) && symbol !== quote;
  return readAsset(isBehind ? symbol.slice(0, -quote.length) : symbol, 'coins');
};

export interface CoinRead extends Pick<Balance, 'asset' | 'via'> {
  readonly quantity: Decimal;
  /** Absent of one that is not there any more. */
  readonly elsewhere?: { readonly id: number; readonly createdAt: Date };
}

/** @throws AppError invalid_argument */
export const readCoins = (coins: readonly CoinElsewhere[]): readonly CoinRead[] => {
  if (coins.length > maxCoins) throw invalid('coins', `At most ${maxCoins} different coins are taken over.`);
  const read = coins.map(({ id, quoteAsset, quantity, createdAtMs, ...coin }): CoinRead => {
    const via = readSymbol(coin.symbol, 'coins');
    if (!isNumber(id) || !isNumber(createdAtMs)) throw invalid('coins', `${via} has no number or no time.`);
    const elsewhere = { id, createdAt: new Date(createdAtMs) };
    return { asset: assetOf(via, quoteAsset), via, quantity: readHeld(quantity, 'coins'), elsewhere };
  });
  for (const distinct of [new Set(read.map(({ via }) => via)), new Set(coins.map(({ id }) => id))])
    if (distinct.size < coins.length) throw invalid('coins', 'Two coins have the same symbol or the same number.');
  return read;
};
