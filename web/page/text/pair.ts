/** A coin and what its price is in, upper case. */
export interface Pair {
  readonly base: string;
  /** Empty where nobody knows it; then the base is the whole symbol. */
  readonly quote: string;
}

/** @param quote lower case, empty where it is not known */
export const pairOf = (symbol: string, quote: string): Pair =>
  quote !== '' && symbol.length > quote.length && symbol.endsWith(quote)
    ? { base: symbol.slice(0, -quote.length).toUpperCase(), quote: quote.toUpperCase() }
    : { base: symbol.toUpperCase(), quote: '' };

/** As people write it; a price in USDT is the usual one and not said. */
export const pairLabel = ({ base, quote }: Pair): string =>
  quote === 'USDT' || quote === '' ? base : `${base}/${quote}`;

/** Whole, also where a price is in USDT: of one market among others of the same asset. */
export const marketPair = ({ base, quote }: Pair): string => (quote === '' ? base : `${base}/${quote}`);

/** What stands beside a coin's name; undefined where that would say the same twice. */
export const besideName = (name: string, pair: Pair): string | undefined => {
  const label = pairLabel(pair);
  return label === name ? undefined : label;
};

/** Of which coins more than one pair is among these, by base. */
export const basesHeldTwice = (pairs: readonly Pair[]): ReadonlySet<string> => {
  const [once, twice] = [new Set<string>(), new Set<string>()];
  for (const { base } of pairs) (once.has(base) ? twice : once).add(base);
  return twice;
};

/**
 * A coin by its name, and by its pair too where its price is not in USDT.
 * @param twice of which coins more than one pair is among the others: then the usual pair is said as well
 */
export const nameAmong = (name: string, { base, quote }: Pair, twice: ReadonlySet<string> = new Set()): string => {
  if (!twice.has(base) && (quote === 'USDT' || quote === '')) return name;
  const pair = quote === '' ? base : `${base}/${quote}`;
  return name === base ? pair : `${name} ${pair}`;
};
