import type { Kind } from './portfolio-value.js';

/** Of which kind the prices are that arrive now, as the aggregator says. */
export interface PriceKind {
  /** Undefined while nobody knows where prices come from. */
  readonly simulated: boolean | undefined;
  /** The same, as what is recorded is told apart. */
  now(): Kind | undefined;
  told(simulated: boolean): void;
}

export const createPriceKind = (): PriceKind => {
  let simulated: boolean | undefined;
  return {
    get simulated() {
      return simulated;
    },
    now: () => (simulated === undefined ? undefined : simulated ? 'simulated' : 'real'),
    told: (next) => {
      simulated = next;
    },
  };
};
