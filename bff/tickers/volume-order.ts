import type { Clock } from '@tickfolio/lib/clock';
import { compare, multiply, parseDecimal } from '@tickfolio/lib/money';
import type { Symbols } from '../market/symbols.js';
import type { TickerBoard } from './ticker-board.js';
import { usdtRate } from './usdt-rates.js';

/** What is most traded changes slowly. */
const keptMs = 30_000;

export interface VolumeOrderDeps {
  readonly board: Pick<TickerBoard, 'all' | 'of'>;
  readonly symbols: Pick<Symbols, 'assets' | 'standing'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** The symbols that are traded, the most traded ones first; as it was within the last half minute. */
export const createVolumeOrder = ({ board, symbols, clock }: VolumeOrderDeps): (() => readonly string[]) => {
  let made: { readonly order: readonly string[]; readonly atMs: number } | undefined;
  const make = (): string[] =>
    [...board.all()]
      .flatMap(({ symbol, quoteVolume }) => {
        const quote = symbols.standing(symbol) === 'trading' ? symbols.assets(symbol)?.QuoteAsset : undefined;
        const rate = quote === undefined ? undefined : usdtRate(board, quote);
        return rate ? [{ symbol, volume: multiply(parseDecimal(quoteVolume), rate) }] : [];
      })
      .sort((a, b) => compare(b.volume, a.volume))
      .map(({ symbol }) => symbol);
  return () => {
    const nowMs = clock.monotonic();
    if (!made || made.order.length === 0 || nowMs - made.atMs >= keptMs) made = { order: make(), atMs: nowMs };
    return made.order;
  };
};
