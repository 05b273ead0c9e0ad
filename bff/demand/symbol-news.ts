import { AppError } from '@tickfolio/lib/errors';
import type { AggregatorClient, Demanded } from '../market/aggregator-client.js';
import type { Symbols } from '../market/symbols.js';

export interface SymbolNewsDeps {
  readonly aggregator: Pick<AggregatorClient, 'symbols'>;
  readonly symbols: Pick<Symbols, 'revision' | 'replace'>;
}

/**
 * Without a symbol list the aggregator has not heard from its exchange yet, and its word about it is only a default.
 */
export const knowsExchange = ({ symbolsRevision }: Pick<Demanded, 'symbolsRevision'>): boolean =>
  symbolsRevision !== '';

/**
 * Reads the list of symbols where an answer says that there is another one than is known here. One known before stays
 * while there is none.
 * @throws AppError unavailable while none is known anywhere, or it cannot be read
 */
export const takeSymbolNews = async (
  { aggregator, symbols }: SymbolNewsDeps,
  answer: Demanded,
  requestId: string,
): Promise<void> => {
  if (!knowsExchange(answer)) {
    if (symbols.revision === undefined) throw new AppError('unavailable', 'The aggregator has no symbol list yet.');
    return;
  }
  if (answer.symbolsRevision !== symbols.revision) symbols.replace(await aggregator.symbols(requestId));
};
