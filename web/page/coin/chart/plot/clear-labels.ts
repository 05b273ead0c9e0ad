/** Labels of an axis that the label of the newest price does not cover in part. */
export interface ClearLabels {
  /** Writes the labels of an axis, those that would be covered as nothing. */
  write(prices: readonly number[]): string[];
  /** Whether others are covered than when they were written. */
  isOutdated(): boolean;
}

export interface ClearLabelsOptions {
  readonly format: (price: number) => string;
  /** Where a price is, in pixels; null where nothing is drawn. */
  readonly placeOf: (price: number) => number | null;
  /** Of the newest price's label, likewise. */
  readonly newestPlace: () => number | null;
}

/** Half the height of the newest price's label and half that of another one, in CSS pixels. */
const nearPixels = 17;

export const createClearLabels = ({ format, placeOf, newestPlace }: ClearLabelsOptions): ClearLabels => {
  let written: { readonly prices: readonly number[]; readonly covered: string } = { prices: [], covered: '' };
  const isCovered = (price: number): boolean => {
    const [own, other] = [placeOf(price), newestPlace()];
    return own !== null && other !== null && Math.abs(own - other) < nearPixels;
  };
  const coveredOf = (prices: readonly number[]) => prices.filter(isCovered).join();
  return {
    write: (prices) => {
      written = { prices, covered: coveredOf(prices) };
      return prices.map((price) => (isCovered(price) ? '' : format(price)));
    },
    isOutdated: () => coveredOf(written.prices) !== written.covered,
  };
};
