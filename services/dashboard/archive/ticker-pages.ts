import type { Params } from '@tickfolio/lib/clickhouse';
import type { ArchiveNames } from '@tickfolio/lib/events/archive';
import type { Archive } from './archive.js';
import { readTicker, type Ticker, type TickerAnswer, tickerSelection } from './latest-tickers.js';

/** A place between two tickers of a symbol: a time and, of several tickers of that time, the id. */
export interface Cursor {
  readonly eventMs: number;
  readonly messageId: string;
}

const maxMessageIdLength = 256;

export const cursorOf = ({ eventMs, messageId }: Cursor): string => `${eventMs}_${messageId}`;

/** Undefined for a text that is no cursor. */
export const parseCursor = (text: string): Cursor | undefined => {
  const match = /^(\d{1,14})_(.*)$/s.exec(text);
  const [, time = '', messageId = ''] = match ?? [];
  return match && messageId.length <= maxMessageIdLength ? { eventMs: Number(time), messageId } : undefined;
};

/** Where a page begins: older or newer than a ticker, at a moment or before it, or at the newest ticker. */
export type PageStart =
  | { readonly kind: 'newest' }
  | { readonly kind: 'older' | 'newer'; readonly cursor: Cursor }
  | { readonly kind: 'at'; readonly eventMs: number };

/** A stored ticker. The volumes of its 24 hours are null where its message did not say. */
export interface ArchivedTicker extends Ticker {
  readonly volume: string | null;
  readonly quoteVolume: string | null;
}

/** Newest first. */
export interface TickerPage {
  readonly tickers: readonly ArchivedTicker[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/**
 * A page is looked for close by first: a symbol with a ticker per second has any page within the hour, and one that is
 * quiet has few rows to look through further away.
 */
const windowsMs = [3_600_000, 2 * 86_400_000, 62 * 86_400_000, Number.POSITIVE_INFINITY] as const;
/** DateTime64(3) ends here. */
const endOfTimeMs = 10_413_791_999_999;

const moment = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64})`;

interface Place {
  readonly where: string;
  readonly params: Params;
  readonly fromMs: number;
  readonly ascending: boolean;
}

const placeOf = (start: PageStart, newestMs: number): Place => {
  if (start.kind === 'newest' || start.kind === 'at') {
    const fromMs = start.kind === 'at' ? start.eventMs : newestMs;
    return { where: `event_time <= ${moment('at')}`, params: { at: String(fromMs) }, fromMs, ascending: false };
  }
  const { eventMs, messageId } = start.cursor;
  const order = start.kind === 'older' ? '<' : '>';
  // Written so that the primary key serves the first condition.
  const where = `event_time ${order}= ${moment('at')} AND (event_time ${order} ${moment('at')} OR message_id ${order} {id:String})`;
  return { where, params: { at: String(eventMs), id: messageId }, fromMs: eventMs, ascending: start.kind === 'newer' };
};

export interface PageRequest {
  readonly symbol: string;
  readonly start: PageStart;
  readonly size: number;
  /** Time of the symbol's newest ticker, as far as known; where `newest` begins to look. */
  readonly newestMs: number;
  /** Older tickers are not looked for. Default none. */
  readonly floorMs?: number;
}

/**
 * One page of a symbol's tickers. Pages follow each other by key: tickers that arrive meanwhile neither repeat nor hide
 * others.
 */
export const readTickerPage = async (
  archive: Archive,
  names: ArchiveNames,
  request: PageRequest,
): Promise<TickerPage> => {
  const { symbol, start, size, newestMs, floorMs = 0 } = request;
  const { where, params, fromMs, ascending } = placeOf(start, newestMs);
  const [direction, within] = ascending ? ['ASC', '<='] : ['DESC', '>='];
  let found: readonly ArchivedTicker[] = [];
  for (const windowMs of windowsMs) {
    const edgeMs = ascending ? Math.min(endOfTimeMs, fromMs + windowMs) : Math.max(floorMs, fromMs - windowMs);
    const answers = await archive.read<TickerAnswer & Pick<ArchivedTicker, 'volume' | 'quoteVolume'>>(
      `SELECT ${tickerSelection}, volume, quote_volume AS quoteVolume FROM ${names.view}
       WHERE symbol = {symbol:String} AND ${where} AND event_time ${within} ${moment('edge')}
       ORDER BY event_time ${direction}, message_id ${direction} LIMIT {limit:UInt32}`,
      { ...params, symbol, edge: String(edgeMs), limit: size + 1 },
      size + 1,
    );
    found = answers.map((answer) => ({ ...answer, ...readTicker(answer) }));
    if (found.length > size || edgeMs === floorMs) break;
  }
  const more = found.length > size;
  const tickers = found.slice(0, size);
  return ascending
    ? { tickers: tickers.toReversed(), hasOlder: true, hasNewer: more }
    : { tickers, hasOlder: more, hasNewer: start.kind !== 'newest' };
};
