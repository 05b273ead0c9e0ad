/** What of the markets' page stands in its address. */
export interface MarketsSearch {
  /** What is searched for. */
  readonly q?: string | undefined;
}

const maxLength = 64;

/** Of an address that somebody may have written by hand. */
export const readMarketsSearch = ({ q }: Readonly<Record<string, unknown>>): MarketsSearch =>
  typeof q === 'string' && q !== '' ? { q: q.slice(0, maxLength) } : {};
