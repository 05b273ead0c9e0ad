import { isDust } from '../live/dust.js';
import type { Row } from '../live/portfolio-view.js';

/** What of a holding moves: the price that stands for it. */
interface Moving {
  readonly asset: string;
  readonly value: string | undefined;
  readonly rows: readonly [
    Pick<Row, 'priceDay' | 'stale' | 'priceText' | 'value' | 'pending'>,
    ...Pick<Row, 'value' | 'pending'>[],
  ];
}

const maxMovers = 5;

const sizeOf = ({ rows: [{ priceDay }] }: Moving): number => Math.abs(priceDay?.size ?? 0);

/**
 * The holdings whose prices moved most, up or down, each asset once; old prices move nowhere, and what is worth next to
 * nothing moves no portfolio.
 */
export const moversOf = <One extends Moving>(holdings: readonly One[]): readonly One[] =>
  holdings
    .filter((holding) => {
      const [{ priceDay, stale, priceText }] = holding.rows;
      const isMoved = priceDay !== undefined && priceDay.percentDirection !== 'same';
      return isMoved && priceText !== undefined && !stale && !isDust(holding);
    })
    .sort((a, b) => sizeOf(b) - sizeOf(a) || a.asset.localeCompare(b.asset))
    .slice(0, maxMovers);

/** @returns the movers in their places */
type HeldMovers = <One extends Moving>(holdings: readonly One[], asOfMs: number, basis: string) => readonly One[];

/** How long their places hold; a list that is sorted with every tick cannot be read. */
export const holdMs = 10_000;

/**
 * Keeps who is a mover, and where, for `holdMs` of the frames' time; what is not held any more leaves at once, and
 * where there is room others follow at the end.
 */
export const createHeldMovers = (): HeldMovers => {
  let key = '';
  let assets: readonly string[] = [];
  return (holdings, asOfMs, basis) => {
    const next = `${basis} ${Math.floor(asOfMs / holdMs)}`;
    const byAsset = new Map(holdings.map((holding) => [holding.asset, holding]));
    const kept = assets.filter((asset) => byAsset.has(asset));
    if (next !== key || kept.length < maxMovers) {
      const found = moversOf(holdings).map(({ asset }) => asset);
      assets = next === key ? [...kept, ...found.filter((asset) => !kept.includes(asset))] : found;
      key = next;
    } else assets = kept;
    assets = assets.slice(0, maxMovers);
    return assets.flatMap((asset) => byAsset.get(asset) ?? []);
  };
};
