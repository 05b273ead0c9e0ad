import type { Row } from '../live/portfolio-view.js';
import { useText } from '../text/language.js';

type Reasoned = Pick<Row, 'state' | 'stateOf'>;

/** Why a price is missing or old, in a word, with a sentence for who points at it. */
const usePriceWords = ({ state, stateOf }: Reasoned): { readonly word: string; readonly hint: string } => {
  const text = useText();
  const known = state ?? 'waiting';
  const hint = text.priceHints[known];
  return { word: text.priceStates[known], hint: stateOf ? `${text.convertedWith(stateOf.toUpperCase())} ${hint}` : hint };
};

/** What stands where a price would. */
export const NoPrice = ({ row }: { readonly row: Reasoned }) => {
  const { word, hint } = usePriceWords(row);
  return (
    <span className="none" title={hint}>
      {word}
    </span>
  );
};

/** A mark beside the name of a coin whose price is not of now. */
export const PriceTag = ({ row }: { readonly row: Reasoned }) => {
  const { word, hint } = usePriceWords(row);
  return (
    <span className="tag" title={hint}>
      {word}
    </span>
  );
};
