import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { AggregatorClient } from './aggregator-client.js';
import { createExchangeClock, type ExchangeClock } from './exchange-clock.js';
import { createPriceKind, type PriceKind } from './price-kind.js';
import { createSymbolLookup, type SymbolLookup } from './symbol-lookup.js';
import { createSymbols, type Symbols } from './symbols.js';

export interface MarketDeps {
  readonly aggregator: Pick<AggregatorClient, 'symbols'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is known of the exchange: nothing until the aggregator has answered. */
export interface Market {
  readonly symbols: Symbols;
  readonly lookup: SymbolLookup;
  readonly exchange: ExchangeClock;
  /** The same as a clock. Tickers have the exchange's times, and so has the day that is counted from. */
  readonly exchangeTime: Clock;
  readonly kind: PriceKind;
}

export const createMarket = ({ aggregator, clock, log }: MarketDeps): Market => {
  const symbols = createSymbols();
  const exchange = createExchangeClock(clock);
  return {
    symbols,
    lookup: createSymbolLookup({ aggregator, symbols, clock, log }),
    exchange,
    exchangeTime: { ...clock, now: exchange.now },
    kind: createPriceKind(),
  };
};
