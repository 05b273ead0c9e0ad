import { useText } from '../text/language.js';
import { priceWords, type Reasoned } from './price-words.js';

/** What stands where a price would. */
export const NoPrice = ({ row }: { readonly row: Reasoned }) => {
  const { word, hint } = priceWords(row, useText());
  return (
    <span className="none" title={hint}>
      {word}
    </span>
  );
};

/** A mark beside the name of a coin whose price is not of now. */
export const PriceTag = ({ row }: { readonly row: Reasoned }) => {
  const { word, hint } = priceWords(row, useText());
  return (
    <span className="tag" title={hint}>
      {word}
    </span>
  );
};
