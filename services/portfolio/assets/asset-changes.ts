import type { KnownAsset } from './known-assets.js';

export interface AssetChanges {
  /** What is another than it was, by name. */
  readonly changed: readonly KnownAsset[];
  /** How many were listed, and are no longer. */
  readonly gone: number;
  /** How many were listed. */
  readonly listed: number;
}

const isSame = (one: KnownAsset, other: KnownAsset): boolean =>
  one.kind === other.kind &&
  one.defaultVia === other.defaultVia &&
  one.quoteAsset === other.quoteAsset &&
  one.listed === other.listed;

/**
 * What a list changes about what is kept. What it does not name any more is not listed, and else stays as it was.
 * @param simulated a simulator says nothing of what it does not name
 */
export const changesOf = (
  kept: ReadonlyMap<string, KnownAsset>,
  told: ReadonlyMap<string, KnownAsset>,
  simulated: boolean,
): AssetChanges => {
  const named = [...told.values()].filter((one) => {
    const before = kept.get(one.asset);
    return !before || !isSame(before, one);
  });
  const unnamed = simulated ? [] : [...kept.values()].filter(({ asset, listed }) => listed && !told.has(asset));
  const changed = [...named, ...unnamed.map((one) => ({ ...one, listed: false }))];
  return {
    changed: changed.sort((one, other) => (one.asset < other.asset ? -1 : 1)),
    gone: changed.filter(({ asset, listed }) => !listed && kept.get(asset)?.listed).length,
    listed: [...kept.values()].filter(({ listed }) => listed).length,
  };
};

/** An exchange takes out a few at a time: a list that lacks more than this share is taken for a broken one. */
const mostGoneShare = 0.5;

/** Whether so many can have gone at once. */
export const isLikely = ({ gone, listed }: AssetChanges): boolean => gone <= listed * mostGoneShare;
