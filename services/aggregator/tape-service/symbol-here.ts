import { AppError, invalidField } from '@tickfolio/lib/errors';
import { isSymbol } from '@tickfolio/lib/market/symbol';
import type { SymbolList } from '../demand/symbol-list.js';
import type { Shares } from '../publishing/shares.js';

export interface SymbolHereDeps {
  readonly list: Pick<SymbolList, 'known' | 'has' | 'lookAgain'>;
  readonly shares: Pick<Shares, 'owns' | 'counts' | 'fault' | 'needsKnown'>;
}

/** Which symbols can be followed here. */
export interface SymbolHere {
  /** Why it cannot be, if it cannot. @param symbol lower case */
  refusal(symbol: string): AppError | undefined;
  /** @returns in lower case @throws AppError invalid_argument, not_found, failed_precondition, unavailable */
  read(given: { readonly symbol: string; readonly venue: string }): Promise<string>;
}

const onlyVenue = 'binance';

const refuse = (code: 'not_found' | 'failed_precondition', words: string, message: string, reason: string) =>
  new AppError(code, words, { fields: [{ field: 'symbol', message, reason }] });

export const createSymbolHere = ({ list, shares }: SymbolHereDeps): SymbolHere => {
  const unlisted = (symbol: string) =>
    refuse('not_found', `The exchange does not list "${symbol}".`, 'is not listed by the exchange', 'unknown-symbol');
  const elsewhere = (symbol: string) =>
    refuse(
      'failed_precondition',
      `Another aggregator has "${symbol}"; ask the next one.`,
      'is published by another aggregator',
      'elsewhere',
    );
  const refusal = (symbol: string): AppError | undefined => {
    if (list.known && !list.has(symbol)) return unlisted(symbol);
    return shares.owns(symbol) ? undefined : elsewhere(symbol);
  };
  return {
    refusal,
    read: async ({ symbol: given, venue }) => {
      const symbol = given.toLowerCase();
      if (!isSymbol(symbol)) throw invalidField('symbol', 'must be one symbol such as btcusdt');
      if (venue !== '' && venue !== onlyVenue) throw invalidField('venue', `must be ${onlyVenue}, or empty`);
      shares.needsKnown();
      if (list.known && !list.has(symbol)) await list.lookAgain(); // It may be new.
      if (!list.known)
        throw new AppError('unavailable', 'The list of symbols is not known yet.', { retryAfterMs: 1_000 });
      // Before it is dealt, nothing is anybody's.
      if (shares.counts?.owned === 0 && shares.fault !== undefined)
        throw new AppError('unavailable', 'It is not known yet whose the symbol is.', { retryAfterMs: 1_000 });
      const why = refusal(symbol);
      if (why) throw why;
      return symbol;
    },
  };
};
