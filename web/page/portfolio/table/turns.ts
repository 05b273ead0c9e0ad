/**
 * Whether it is the turn of a place since the time before. Turns are taken by the time that passed, not by how often it
 * is asked: whatever comes, each place has its turn within a span.
 */
export type Turns = (place: number) => boolean;

/**
 * @param count into so many parts places are divided, one after the other
 * @param spanMs within which each part has its turn, as long as somebody asks
 * @returns asks at a moment, in milliseconds of any clock; the first time it is everybody's turn
 */
export const createTurns = (count: number, spanMs: number): ((nowMs: number) => Turns) => {
  let last: number | undefined;
  return (nowMs) => {
    const step = Math.floor((nowMs * count) / spanMs);
    // A clock that was set back makes it everybody's turn too.
    const passed = last === undefined || step < last ? count : step - last;
    last = step;
    return (place) => (((step - place) % count) + count) % count < passed;
  };
};
