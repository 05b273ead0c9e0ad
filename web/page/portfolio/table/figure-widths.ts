import { useMemo } from 'react';
import { useDiscreet } from '../../display/choices.js';
import type { Holding } from '../../live/holdings.js';
import { hiddenAmount } from '../../text/figure.js';
import type { Columns } from './use-columns.js';

// Each row is laid out by itself, so what a column has to have room for is found out before.

const [markWidth, figureWidth, letterWidth] = [0.4, 1, 1.2];
/** Of what stands in amounts, by its UTF-16 unit: marks of groups and blanks, figures, letters. */
const unitWidth = (unit: number): number => {
  if (unit === 44 || unit === 46 || unit === 32 || unit === 160 || unit === 0x202f) return markWidth;
  const isLatin = (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);
  return isLatin || (unit >= 192 && unit < 0x2000) || unit >= 0x3000 ? letterWidth : figureWidth;
};
/** In widths of a figure. Every tick asks for those of all amounts, so it only counts. */
const widthOf = (text: string): number => {
  let width = 0;
  for (let at = 0; at < text.length; at++) width += unitWidth(text.charCodeAt(at));
  return width;
};
const widest = (texts: readonly string[]): number => {
  let most = 0;
  // What is short in letters is not wide.
  for (const text of texts) if (text.length * letterWidth > most) most = Math.max(most, widthOf(text));
  return most;
};

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
