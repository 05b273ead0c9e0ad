/**
 * Whether the prices of this installation are made up, as the callers have said last: no exchange is asked here. Nobody
 * has said so yet after a start.
 */
export interface PriceKind {
  readonly simulated: boolean | undefined;
  note(simulated: boolean | undefined): void;
}

export const createPriceKind = (): PriceKind => {
  let known: boolean | undefined;
  return {
    get simulated() {
      return known;
    },
    note: (simulated) => {
      known = simulated ?? known;
    },
  };
};
