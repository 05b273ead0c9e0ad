/** A stream that the exchange does not give us, and why. */
export interface RefusedStream {
  readonly name: string;
  /** In words. */
  readonly detail: string;
}

/** So many are named. */
const maxNamed = 5;

/** Which streams are refused, in words; undefined where none is. @param wanted how many streams there should be */
export const refusedInWords = (refused: readonly RefusedStream[], wanted: number): string | undefined => {
  const [first] = refused;
  if (!first) return undefined;
  const named = refused.slice(0, maxNamed).map(({ name }) => name);
  const more = refused.length > maxNamed ? ` and ${refused.length - maxNamed} more` : '';
  return `${refused.length} of ${wanted} streams ${refused.length > 1 ? 'are' : 'is'} refused (${named.join(', ')}${more}): ${first.detail}`;
};
