import { amountText } from './fixed-point.js';
import type { SymbolSpec } from './symbols.js';

/**
 * One aggregate trade. Price and quantity are whole numbers of the symbol's ticks and lots, times are epoch
 * milliseconds.
 */
export interface Trade {
  /** Aggregate trade id, consecutive per symbol. */
  readonly id: number;
  readonly ticks: number;
  readonly lots: number;
  /** Ids of the first and last single trade in it; `firstId` is the previous aggregate's `lastId` + 1. */
  readonly firstId: number;
  readonly lastId: number;
  readonly timeMs: number;
  /** When the exchange published it, never before `timeMs`. */
  readonly eventMs: number;
  readonly buyerIsMaker: boolean;
}

/** Unit of the time fields a client asked for. */
export type TimeUnit = 'ms' | 'us';

export const timeText = (timeMs: number, unit: TimeUnit): string => (unit === 'ms' ? String(timeMs) : `${timeMs}000`);

/** Payload of `<symbol>@aggTrade`, in the exchange's field order. */
export const aggTradeText = (spec: SymbolSpec, t: Trade, unit: TimeUnit): string =>
  `{"e":"aggTrade","E":${timeText(t.eventMs, unit)},"s":"${spec.symbol}",${fieldsText(spec, t, unit)}}`;

/** One row of REST `aggTrades`. */
export const aggTradeRow = (spec: SymbolSpec, t: Omit<Trade, 'eventMs'>, unit: TimeUnit): string =>
  `{${fieldsText(spec, t, unit)}}`;

const fieldsText = (spec: SymbolSpec, t: Omit<Trade, 'eventMs'>, unit: TimeUnit): string =>
  `"a":${t.id},"p":"${amountText(t.ticks, spec.priceDecimals)}","q":"${amountText(t.lots, spec.quantityDecimals)}",` +
  `"f":${t.firstId},"l":${t.lastId},"T":${timeText(t.timeMs, unit)},"m":${t.buyerIsMaker},"M":true`;
