import { Type } from 'typebox';
import type { Body } from '../body.js';
import { moment, orNull, strict, symbolName, usdt, version } from '../fields.js';

/** A price, and the trade that made it. */
const priced = {
  price: Type.String({ description: 'in the quote asset, exact decimal text', examples: ['68123.45'] }),
  priceTime: moment,
  tradeId: Type.Integer({
    description: 'the trade that made the price: an aggregate trade id of the exchange',
    examples: [3_482_120_977],
  }),
};

const ReceiptRow = Type.Object(
  {
    symbol: symbolName,
    baseAsset: Type.String({ description: 'what is held', examples: ['BTC'] }),
    quoteAsset: Type.String({ description: 'what the price is in', examples: ['USDT'] }),
    quantity: Type.String({ description: 'exact decimal text', examples: ['1.5'] }),
    price: orNull(Type.Object(priced, strict), { description: 'null while there is none' }),
    conversion: orNull(Type.Object({ symbol: symbolName, price: orNull(Type.Object(priced, strict)) }, strict), {
      description: 'the price that turns the quote asset into USDT; null where that is USDT already',
    }),
    total: orNull(usdt, { description: 'quantity × price × conversion; null while one of them is not known' }),
    priceState: Type.Enum(['live', 'waiting', 'old', 'halted', 'delisted', 'never-traded', 'unreadable', 'feed-down'], {
      description: 'how the price is, or the conversion where the price is well',
      examples: ['live'],
    }),
  },
  strict,
);

/** How the total of one moment comes about. */
export const Receipt = Type.Object(
  {
    asOf: moment,
    version: version('of the portfolio'),
    asset: Type.Literal('USDT', { description: 'what totals are in' }),
    total: Type.String({
      description: 'the sum of the totals of all rows, exact decimal text',
      examples: ['102185.175'],
    }),
    rows: Type.Array(ReceiptRow),
    simulated: Type.Boolean({ description: 'whether the prices are not real', examples: [false] }),
  },
  { ...strict, description: 'All that the total is computed from; who computes it again gets the same digits.' },
);
export type Receipt = Body<typeof Receipt>;

/** The same of any portfolio, whose total has its cash in it. */
export const PortfolioReceipt = Type.Object(
  {
    portfolioId: Type.String({ description: 'or `all`', examples: ['0199a3c2-7d10-7000-8000-000000000001'] }),
    ...Receipt.properties,
    rows: Type.Array(ReceiptRow, { description: 'assets, and what of the cash is not USDT' }),
    usdt: Type.String({
      description: 'how much USDT there is, which needs no price: a part of the total',
      examples: ['6000'],
    }),
  },
  { ...strict, description: 'All that the worth of a portfolio is computed from, its cash too.' },
);
export type PortfolioReceipt = Body<typeof PortfolioReceipt>;
