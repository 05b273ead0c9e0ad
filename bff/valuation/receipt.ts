import type { PortfolioReceipt, Receipt } from '@tickfolio/api/receipt';
import { add, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Listing } from '../prices/listing.js';
import type { Holding } from './portfolio-frame.js';
import type { ShownRows } from './shown-rows.js';

type Row = Receipt['rows'][number];

const priceOf = ({ reading }: Listing): Row['price'] =>
  reading ? { price: reading.text, priceTime: reading.timeText, tradeId: reading.tradeId } : null;

/** A holding's quote asset is known: it was followed with it. */
const assetsOf = ({ symbol, quoteAsset = '' }: Listing): Pick<Row, 'baseAsset' | 'quoteAsset'> => ({
  baseAsset: symbol.slice(0, symbol.length - quoteAsset.length).toUpperCase(),
  quoteAsset: quoteAsset.toUpperCase(),
});

/**
 * All that a portfolio's total is computed from, of the same moment and by the same arithmetic as its frame.
 * @param asOfMs time of the valuation, epoch milliseconds
 */
export const receiptOf = (
  holdings: readonly Pick<Holding, 'listing' | 'quantity' | 'quantityText'>[],
  version: number,
  asOfMs: number,
  simulated: boolean,
): Receipt => {
  let sum = zero;
  const rows = holdings.map(({ listing, quantity, quantityText }): Row => {
    const { symbol, conversion, priceUsdt, state } = listing;
    const value = priceUsdt && multiply(quantity, priceUsdt);
    if (value) sum = add(sum, value);
    return {
      symbol,
      ...assetsOf(listing),
      quantity: quantityText,
      price: priceOf(listing),
      conversion: conversion ? { symbol: conversion.symbol, price: priceOf(conversion) } : null,
      total: value ? formatDecimal(value) : null,
      priceState: state,
    };
  });
  return { asOf: new Date(asOfMs).toISOString(), version, asset: 'USDT', total: formatDecimal(sum), rows, simulated };
};

/** The same of any portfolio, with its cash, as its frames have it. @param portfolioId or `all` */
export const portfolioReceiptOf = (
  portfolioId: string,
  { holdings, cash = [] }: ShownRows,
  version: number,
  asOfMs: number,
  simulated: boolean,
): PortfolioReceipt => {
  const priced = cash.flatMap(({ listing, ...one }) => (listing ? [{ listing, ...one }] : []));
  const usdt = cash.reduce((sum, { listing, quantity }) => (listing ? sum : add(sum, quantity)), zero);
  const receipt = receiptOf([...holdings, ...priced], version, asOfMs, simulated);
  const total = formatDecimal(add(parseDecimal(receipt.total), usdt));
  return { portfolioId, ...receipt, total, usdt: formatDecimal(usdt) };
};
