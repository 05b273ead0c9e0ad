import { useMemo } from 'react';
import { useDiscreet } from '../../display/choices.js';
import type { Holding } from '../../live/holdings.js';
import { hiddenAmount } from '../../text/figure.js';
import type { Columns } from './use-columns.js';

// Each row is laid out by itself, so what a column has to have room for is found out before.

/** In widths of a figure, of which marks take less than half of one, and letters more. */
const widthOf = (text: string): number => {
  const marks = text.replace(/[^.,\s]/g, '').length;
  const letters = text.replace(/\P{L}/gu, '').length;
  return text.length - marks * 0.6 + letters / 5;
};
const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);

/** What the longest price, quantity and value need, in widths of a figure; of what is hidden nothing tells how long. */
export const figureWidths = (holdings: readonly Holding[], columns: Columns, isHidden: boolean) => {
  const rows = holdings.flatMap((holding) => holding.rows);
  const amounts = isHidden ? [] : [...holdings.map((holding) => ({ ...holding, base: holding.asset })), ...rows];
  const quantities = amounts.map(({ quantityText, base }) =>
    // Where it has no column of its own it stands below the value.
    columns === 'all' ? quantityText : `${quantityText} ${base}`,
  );
  const values = [hiddenAmount, ...amounts.map(({ valueText = '' }) => valueText)];
  return {
    price: widest(rows.map(({ priceText = '', quote }) => (quote === 'USDT' ? priceText : `${priceText} ${quote}`))),
    quantity: widest([hiddenAmount, ...quantities]),
    value: widest(columns === 'all' ? values : [...values, ...quantities]),
  };
};

/** The same as properties of the table, by which its style makes columns. */
export const useFigureWidths = (holdings: readonly Holding[], columns: Columns): object => {
  const isHidden = useDiscreet();
  const { price, quantity, value } = useMemo(
    () => figureWidths(holdings, columns, isHidden),
    [holdings, columns, isHidden],
  );
  return useMemo(() => ({ '--price': price, '--quantity': quantity, '--value': value }), [price, quantity, value]);
};
