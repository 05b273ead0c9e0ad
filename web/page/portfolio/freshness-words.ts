import type { Freshness } from '../live/freshness.js';
import type { Messages } from '../text/messages-en.js';
import type { Times } from '../text/times.js';

/** What there is to say of it. */
export interface FreshnessWords {
  readonly tone: 'good' | 'fair' | 'poor' | 'away';
  /** Said first and strongly: that prices are of now. */
  readonly word: string | undefined;
  readonly detail: string | undefined;
  /** The moment that is spoken of, epoch milliseconds. */
  readonly atMs: number | undefined;
}

/**
 * How live something is, in words; `Live` is what has a price of the last seconds only.
 * @param about the value of the portfolio, or the price of one coin
 * @param asOfMs of the newest frame
 */
export const freshnessWords = (
  of: Freshness | undefined,
  about: 'value' | 'price',
  text: Messages,
  times: Times,
  asOfMs: number,
): FreshnessWords | undefined => {
  const since = (atMs: number) => times.near(atMs, asOfMs);
  switch (of?.kind) {
    case 'live': {
      const part = of.part === '0' ? text.belowOne : `${of.part} %`;
      return {
        tone: of.level,
        word: text.live,
        detail: about === 'price' ? text.freshPrice : text.fresh(part),
        atMs: undefined,
      };
    }
    case 'quiet':
      return { tone: 'fair', word: undefined, detail: text.lastPrice(of.seconds), atMs: undefined };
    case 'still':
      return { tone: 'poor', word: undefined, detail: text.noNewPrice(since(of.sinceMs)), atMs: of.sinceMs };
    case 'down':
      return {
        tone: 'away',
        word: undefined,
        detail: of.sinceMs === undefined ? text.notArriving : text.notArrivingSince(since(of.sinceMs)),
        atMs: of.sinceMs,
      };
    case 'recorded':
      return { tone: 'fair', word: undefined, detail: text.recorded, atMs: undefined };
    default:
      return about === 'price' ? undefined : { tone: 'good', word: undefined, detail: text.connected, atMs: undefined };
  }
};
