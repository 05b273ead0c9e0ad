import { basesHeldTwice, marketPair, type Pair, pairLabel } from '../text/pair.js';

/** Whether it is held and in no sum, because it has no price; what is being changed here is not known whole yet. */
export const isLacking = ({
  value,
  pending,
}: {
  readonly value: string | undefined;
  readonly pending: boolean;
}): boolean => value === undefined && !pending;

/** What some of the rows are called; whole, where others of the same asset are among all. */
export const namesAmong = (some: readonly Pair[], all: readonly Pair[]): readonly string[] => {
  if (some.length === 0) return [];
  const twice = basesHeldTwice(all);
  return some.map((pair) => (twice.has(pair.base) ? marketPair(pair) : pairLabel(pair)));
};
