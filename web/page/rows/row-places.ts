/** So many rows come and go together: most pictures of a scroll find everything there already. */
export const blockRows = 8;

/** Some blocks of rows, by number, in order. */
export type Blocks = readonly number[];

/**
 * Where blocks of rows begin below the top of all, and at last where all end, in CSS pixels.
 * @param rowPx how high a row is likely to be
 * @param heights of blocks that are known to be of another height
 */
export const placesOf = (count: number, rowPx: number, heights: ReadonlyMap<number, number>): readonly number[] => {
  const places = [0];
  for (let from = 0, endPx = 0; from < count; from += blockRows) {
    endPx += heights.get(from / blockRows) ?? Math.min(blockRows, count - from) * rowPx;
    places.push(endPx);
  }
  return places;
};

/** The block at a place, or the nearest one. */
export const blockAt = (places: readonly number[], px: number): number => {
  let [low, high] = [0, Math.max(0, places.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((places[middle] ?? 0) <= px) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** Blocks in sight. */
export interface Sight {
  readonly first: number;
  readonly last: number;
}

/** Those in sight, one more to each side, and one that stays wherever that is. @param blockCount of all */
export const blocksAround = ({ first, last }: Sight, kept: number | undefined, blockCount: number): Blocks => {
  const from = Math.max(0, first - 1);
  const to = Math.min(blockCount - 1, last + 1);
  const around = Array.from({ length: Math.max(0, to - from + 1) }, (_, place) => from + place);
  if (kept === undefined || around.includes(kept) || kept >= blockCount) return around;
  return [...around, kept].sort((a, b) => a - b);
};
