import type { Row } from '../live/portfolio-view.js';
import type { Messages } from '../text/messages-en.js';
import { marketPair } from '../text/pair.js';
import type { Times } from '../text/times.js';

/**
 * What is special about the change of a price that stands for an asset: of which market it is, where that is held
 * through several, and that it is counted from later than was chosen.
 * @param rows of the asset, the one whose price it is first
 */
export const leadNote = ([lead, ...others]: readonly [Row, ...Row[]], text: Messages, times: Times) => {
  const { daySinceMs } = lead;
  const notes = [
    ...(others.length > 0 ? [text.priceOfMarket(marketPair(lead))] : []),
    ...(daySinceMs === undefined ? [] : [text.onlySince(times.full(daySinceMs))]),
  ];
  return notes.length === 0 ? undefined : notes.join(' ');
};
