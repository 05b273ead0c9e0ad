import { type RawFrame, StreamState, type StreamStatus } from '@tickfolio/gen/market/v1';
import type { Timer } from '@tickfolio/lib/clock';
import type { ExchangeFrame, StreamKind } from '../exchange/frame.js';
import type { Link } from '../pool/stream-events.js';
import type { Listing } from '../symbols/symbols.js';
import type { Subscriber } from './subscriber.js';
import type { Sequence } from './trade-sequence.js';

/** A frame on its way to the subscribers. */
export type FeedFrame = ExchangeFrame & { readonly raw: RawFrame };

/** What the watchdog remembers of one stream. */
export interface Watch {
  /** How often the symbol's other stream showed, since this one's last frame, that this one had something to say. */
  evidence: number;
  evidenceSinceMs: number;
  tries: number;
  nextTryMs: number;
  /** The last price of the last mini-ticker. */
  close: string;
}

export const newWatch = (): Watch => ({ evidence: 0, evidenceSinceMs: 0, tries: 0, nextTryMs: 0, close: '' });

/** One upstream stream and everybody who listens to it. */
export interface Feed {
  readonly name: string;
  readonly symbol: string;
  readonly kind: StreamKind;
  readonly subscribers: Set<Subscriber>;
  readonly sequence: Sequence<FeedFrame>;
  link: Link;
  linkSinceMs: number;
  /** A frame came since the link was made, usable or not. */
  heard: boolean;
  /** A frame that can be used came since then. */
  saw: boolean;
  /**
   * Of the last frame of which something could be used and whose time can be right, by the exchange's clock; undefined
   * before.
   */
  lastEventMs: number | undefined;
  /** Why nothing of the last frame could be used. */
  fault: string | undefined;
  /** Why the stream is held to be broken though its connection works, in words. */
  stalled: string | undefined;
  /** What the exchange listed the symbol as when it last changed. */
  listing: Listing;
  /** A trade came since then: it is not halted, whatever the list says. */
  tradedSinceListed: boolean;
  /** The symbol's stream of the other kind, while it is wanted. */
  partner: Feed | undefined;
  readonly watch: Watch;
  status: StreamStatus;
  /** Runs while nobody listens. */
  linger: Timer | undefined;
}

/** The state of a stream, from everything known about it; the strongest statement first. */
export const stateOf = (feed: Feed): { state: StreamState; detail: string } => {
  const { link, listing } = feed;
  if (listing === 'absent')
    return { state: StreamState.STREAM_STATE_UNKNOWN_SYMBOL, detail: 'the exchange does not list this symbol' };
  if (link.kind === 'refused') return { state: StreamState.STREAM_STATE_REFUSED, detail: link.detail };
  if (link.kind === 'down' || link.kind === 'rejected')
    return { state: StreamState.STREAM_STATE_BROKEN, detail: link.detail };
  if (link.kind === 'silent') return { state: StreamState.STREAM_STATE_BROKEN, detail: link.detail };
  if (feed.stalled !== undefined) return { state: StreamState.STREAM_STATE_BROKEN, detail: feed.stalled };
  if (listing !== undefined && listing !== 'TRADING' && !feed.tradedSinceListed)
    return { state: StreamState.STREAM_STATE_HALTED, detail: `the exchange lists the symbol as ${listing}` };
  if (feed.saw) return { state: StreamState.STREAM_STATE_LIVE, detail: '' };
  const answered =
    feed.fault === undefined ? 'subscribed, no data yet' : `nothing of what comes can be used: ${feed.fault}`;
  const detail = link.kind === 'answered' ? answered : 'asking the exchange';
  return { state: StreamState.STREAM_STATE_PENDING, detail };
};
