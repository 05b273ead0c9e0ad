import type { AggTrade, Kline } from '@tickfolio/gen/market/v1';

/** A trade by its place: its id, and when it was. */
export interface Place {
  readonly id: number;
  readonly ms: number;
}

type Page = (fromId: number) => Promise<readonly AggTrade[]>;

const placeOf = ({ id, tradeTimeMs: ms }: AggTrade): Place => ({ id, ms });
/** Guesses by what the candles say; where these mislead, the rest is halved. */
const maxGuesses = 6;
const maxProbes = 60;
/** What is guessed is aimed at the middle of a page. */
const halfPage = 500;

/** How many single trades lie between two moments, by the candles of minutes. */
const tradesBetween = (minutes: readonly Kline[], fromMs: number, toMs: number): number =>
  minutes.reduce((sum, { openTimeMs, closeTimeMs, trades }) => {
    const lengthMs = closeTimeMs + 1 - openTimeMs;
    const insideMs = Math.min(toMs, closeTimeMs + 1) - Math.max(fromMs, openTimeMs);
    return insideMs <= 0 ? sum : sum + (trades * insideMs) / lengthMs;
  }, 0);

/**
 * The first trade at or after a moment, with those that follow it on its page: the exchange has its history by ids only.
 * @param after the last known trade before that moment @param until one at or after it
 */
export const firstFrom = async (
  page: Page,
  minutes: readonly Kline[],
  startMs: number,
  after: Place,
  until: Place,
): Promise<readonly AggTrade[]> => {
  let [low, high] = [after, until];
  for (let probe = 0; probe < maxProbes; probe++) {
    const span = high.id - low.id;
    const all = tradesBetween(minutes, low.ms, high.ms);
    const share = probe < maxGuesses && all > 0 ? tradesBetween(minutes, low.ms, startMs) / all : 0.5;
    const aimed = low.id + Math.floor(span * share) - halfPage;
    const fromId = Math.min(Math.max(aimed, low.id + 1), high.id);
    const rows = await page(fromId);
    const first = rows[0];
    const last = rows.at(-1);
    if (!first || !last) return [];
    const at = rows.findIndex(({ tradeTimeMs }) => tradeTimeMs >= startMs);
    if (at > 0 || (at === 0 && fromId <= low.id + 1)) return rows.slice(at);
    if (at === 0) high = placeOf(first);
    else low = placeOf(last);
  }
  return [];
};
