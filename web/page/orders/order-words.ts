import { grouped, shortQuantity } from '@tickfolio/lib/look/amount';
import { compare, divide, formatDecimal, isZero } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import type { Pair } from '../text/pair.js';
import type { TradeWords } from '../text/trade/use-trade-text.js';
import type { Order, OrderBody } from './order-calls.js';

/** What of an order makes it this one. */
type Asked = Pick<Order, 'side' | 'type'> & {
  readonly quantity?: string | null | undefined;
  readonly quoteQuantity?: string | null | undefined;
  readonly price?: string | null | undefined;
  readonly stopPrice?: string | null | undefined;
};

/** How much of what is traded: `0.5 BTC`, or `100 USDT` where that was said. */
const amountOf = ({ quantity, quoteQuantity }: Asked, { base, quote }: Pair, text: TradeWords): string =>
  quantity == null
    ? `${shortQuantity(quoteQuantity ?? '0', text.numbers)} ${quote}`
    : `${shortQuantity(quantity, text.numbers)} ${base}`;

/** An order in words: `0.5 BTC at 68,000 USDT`. @param amount in the place of its own */
const whatOf = (asked: Asked, pair: Pair, text: TradeWords, amount = amountOf(asked, pair, text)): string => {
  const shown = (price: string) => `${grouped(price, text.numbers)} ${pair.quote}`;
  const words = asked.price == null ? text.atMarket(amount) : text.atPrice(amount, shown(asked.price));
  return asked.stopPrice == null ? words : text.fromStop(words, shown(asked.stopPrice));
};

/** With its direction: `Buy 0.5 BTC at 68,000 USDT`. */
export const orderWords = (asked: Asked | OrderBody, pair: Pair, text: TradeWords, amount?: string): string =>
  text.review(text.sides[asked.side], whatOf(asked, pair, text, amount));

/** Whether it may still be filled. */
export const isOpen = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'PENDING' || status === 'NEW' || status === 'PARTIALLY_FILLED';

/** How it stands, in words. */
export const stateOf = ({ status, working }: Pick<Order, 'status' | 'working'>, text: TradeWords): string =>
  status === 'NEW' && !working ? text.waitsForStop : text.statuses[status];

/** Why it ended as it did, where that says more than how it stands. */
export const reasonOf = ({ status, reason }: Pick<Order, 'status' | 'reason'>, text: TradeWords): string | undefined =>
  reason === null || isOpen({ status }) ? undefined : (text.endReasons as Readonly<Record<string, string>>)[reason];

/** How much of it is filled, in whole percent for the eye: what is something is never nothing, nor all. */
export const filledPercent = ({ quantity, quoteQuantity, filledQuantity, filledQuote }: Order): number => {
  const [whole, part] = quantity === null ? [quoteQuantity ?? '0', filledQuote] : [quantity, filledQuantity];
  const [of, filled] = [exact(whole), exact(part)];
  if (isZero(of) || isZero(filled)) return 0;
  if (compare(filled, of) >= 0) return 100;
  const percent = Number(formatDecimal(divide({ units: filled.units * 100n, scale: filled.scale }, of, 0)));
  return Math.min(99, Math.max(1, percent));
};
