import { StreamState } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type ExchangeFrame, type StreamKind, streamNameOf } from '../exchange/frame.js';
import type { SocketLimits } from '../limits.js';
import type { SocketMetrics } from '../metrics.js';
import type { ConnectionPool } from '../pool/connection-pool.js';
import type { StreamEvents } from '../pool/stream-events.js';
import type { Listing } from '../symbols/symbols.js';
import { type Feed, type FeedFrame, newWatch, stateOf } from './feed.js';
import { createFrameJudge } from './frame-judge.js';
import { createHistoryCheck } from './history-check.js';
import type { RefusedStream } from './refused-streams.js';
import type { Subscriber } from './subscriber.js';
import { createTickerSequence } from './ticker-sequence.js';
import { createTradeSequence, type SequenceEvents } from './trade-sequence.js';
import { createTradingHalts } from './trading-halts.js';
import { createStreamWatchdog } from './watchdog.js';

export interface SubscriptionsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: SocketMetrics;
  readonly limits: SocketLimits;
  readonly listing: (symbol: string) => Listing;
  /** A symbol trades that the list says is not traded, or does not that it says is: it may be out of date. */
  readonly listDoubted: () => void;
  /**
   * When the symbol was traded last, by the exchange's history, epoch milliseconds; undefined where it was not. @throws
   * AppError
   */
  readonly lastTradeMs: (symbol: string) => Promise<number | undefined>;
  /** What the exchange's clock shows, epoch milliseconds; undefined while that is not known. */
  readonly exchangeNowMs: () => number | undefined;
  /** Makes the pool that feeds the given handlers. */
  readonly connect: (events: StreamEvents) => ConnectionPool;
}

/** Joins the gRPC streams to the exchange's streams: each upstream stream once, as long as somebody wants it. */
export interface Subscriptions {
  /** Adds a listener to the symbols and reports a status for each. */
  open(kind: StreamKind, symbols: readonly string[], subscriber: Subscriber): void;
  close(kind: StreamKind, symbols: readonly string[], subscriber: Subscriber): void;
  /** The exchange's symbol list was read anew. */
  listingChanged(): void;
  /** How many upstream streams are in each state. */
  countByState(): ReadonlyMap<StreamState, number>;
  /** What the exchange refuses, or has no room for. */
  readonly refused: readonly RefusedStream[];
  /** What is wrong with the times of all frames, in words. */
  readonly lateDates: string | undefined;
  readonly pool: ConnectionPool;
  shutdown(): Promise<void>;
}

const watchPeriodMs = 1_000;

export const createSubscriptions = ({
  clock,
  log,
  metrics,
  limits,
  listing,
  listDoubted,
  lastTradeMs,
  exchangeNowMs,
  connect,
}: SubscriptionsDeps): Subscriptions => {
  const feeds = new Map<string, Feed>();
  const overflowing = new Set<string>();
  const judge = createFrameJudge(clock, log, metrics, exchangeNowMs);

  const update = (feed: Feed) => {
    const { state, detail } = stateOf(feed);
    const { status } = feed;
    if (status.state === state && status.detail === detail) return;
    const sinceMs = status.state === state ? status.sinceMs : clock.now();
    feed.status = { symbol: feed.symbol, state, detail, sinceMs };
    for (const subscriber of feed.subscribers) subscriber.report(feed.status);
  };

  const deliver = (feed: Feed, frame: FeedFrame) => {
    for (const subscriber of feed.subscribers) subscriber.push(frame.raw);
  };
  const sequenceOf = (name: string, kind: StreamKind) => {
    const events: SequenceEvents<FeedFrame> = {
      forward: (frame) => {
        const feed = feeds.get(name);
        if (feed) deliver(feed, frame);
      },
      duplicate: () => metrics.duplicates.inc({ kind }),
      held: () => metrics.held.inc(),
      hole: (fromId, toId) => {
        metrics.holes.inc();
        log.info({ stream: name, fromId, toId }, 'trades did not arrive; passing the hole on to be filled');
      },
      reset: (last, next) => {
        metrics.resets.inc();
        if (kind === 'aggTrade')
          log.warn({ stream: name, last, next }, 'the exchange began to count anew; following it');
        else
          log.warn(
            { stream: name, lastTimeMs: last, nextTimeMs: next },
            "a coin's mini-tickers are dated earlier than before; following them",
          );
      },
      leap: (id, goesOnAt) => {
        metrics.leaps.inc();
        log.warn({ stream: name, id, goesOnAt }, 'a trade whose id leaps ahead of those that go on; not followed');
      },
    };
    return kind === 'aggTrade'
      ? createTradeSequence<FeedFrame>(clock, limits, events)
      : createTickerSequence<FeedFrame>(clock, judge.feedClock, events);
  };

  const accept = (feed: Feed, frame: ExchangeFrame, receiveTimeMs: number, source: number, overlap: boolean) =>
    feed.sequence.accept({ ...frame, raw: { payload: frame.payload, receiveTimeMs } }, source, overlap);

  const pool = connect({
    frame: (frame, receiveTimeMs, source, overlap) => {
      const feed = feeds.get(frame.stream);
      if (!feed) return;
      feed.heard = true;
      feed.fault = judge.fault(frame, feed.symbol, receiveTimeMs);
      watchdog.saw(feed, feed.fault === undefined ? frame.close : feed.watch.close);
      if (feed.fault !== undefined) {
        update(feed);
        // The id of a trade is known, whatever else it says: whoever fills holes need not look for it.
        if (frame.kind === 'aggTrade') accept(feed, frame, receiveTimeMs, source, overlap);
        return;
      }
      if (!judge.feedClock.isAhead(frame.eventTimeMs)) feed.lastEventMs = frame.eventTimeMs;
      const alive = feed.saw && feed.link.kind === 'answered' && feed.stalled === undefined;
      const firstTrade = frame.kind === 'aggTrade' && !feed.tradedSinceListed;
      if (firstTrade && feed.listing !== undefined && feed.listing !== 'TRADING') listDoubted();
      if (!alive || firstTrade) {
        feed.saw = true;
        feed.stalled = undefined;
        feed.tradedSinceListed ||= firstTrade;
        feed.link = { kind: 'answered' };
        update(feed);
      }
      accept(feed, frame, receiveTimeMs, source, overlap);
    },
    link: (name, link) => {
      const feed = feeds.get(name);
      if (!feed) return;
      // A successor's answer says nothing new about a stream that flows.
      if (link.kind === 'answered' && feed.link.kind === 'answered') return;
      if (link.kind !== 'answered') {
        feed.heard = false;
        feed.saw = false;
        feed.stalled = undefined;
      }
      feed.link = link;
      feed.linkSinceMs = clock.monotonic();
      update(feed);
    },
    settled: (name) => feeds.get(name)?.sequence.settled ?? true,
    ...createHistoryCheck({ log, lastTradeMs, feedOf: (name) => feeds.get(name) }),
  });

  const watchdog = createStreamWatchdog(clock, limits, {
    renew: (feed, why, broken) => {
      metrics.renewals.inc({ kind: feed.kind });
      log.warn({ stream: feed.name, why }, 'a stream is subscribed but silent; subscribing it again');
      if (broken) feed.stalled = why;
      update(feed);
      pool.renew(feed.name);
    },
    replace: (feed, why) => {
      log.warn({ stream: feed.name, why }, 'a stream stays silent; replacing its connection');
      pool.replace(feed.name);
    },
  });

  /** Asks the pool for the stream, unless the exchange does not list the symbol. */
  const ask = (feed: Feed) => {
    if (feed.listing === 'absent') pool.unwant(feed.name);
    else if (pool.want(feed.name)) overflowing.delete(feed.name);
    else {
      overflowing.add(feed.name);
      feed.link = { kind: 'rejected', detail: 'every connection to the exchange is full' };
    }
  };
  const drop = (feed: Feed) => {
    feeds.delete(feed.name);
    overflowing.delete(feed.name);
    feed.sequence.close();
    if (feed.partner) feed.partner.partner = undefined;
    pool.unwant(feed.name);
    for (const name of overflowing) {
      const other = feeds.get(name);
      if (other) ask(other);
    }
  };
  const addFeed = (symbol: string, kind: StreamKind): Feed => {
    const name = streamNameOf(symbol, kind);
    const feed: Feed = {
      name,
      symbol,
      kind,
      subscribers: new Set(),
      sequence: sequenceOf(name, kind),
      link: { kind: 'asking' },
      linkSinceMs: clock.monotonic(),
      heard: false,
      saw: false,
      lastEventMs: undefined,
      fault: undefined,
      stalled: undefined,
      listing: listing(symbol),
      tradedSinceListed: false,
      partner: feeds.get(streamNameOf(symbol, kind === 'aggTrade' ? 'miniTicker' : 'aggTrade')),
      watch: newWatch(),
      status: { symbol, state: StreamState.STREAM_STATE_UNSPECIFIED, detail: '', sinceMs: clock.now() },
      linger: undefined,
    };
    if (feed.partner) feed.partner.partner = feed;
    feeds.set(name, feed);
    ask(feed);
    return feed;
  };

  const halts = createTradingHalts(clock, limits, listDoubted);
  const watch = clock.every(watchPeriodMs, () => {
    halts.look(feeds.values());
    for (const feed of feeds.values()) watchdog.check(feed);
  });

  return {
    open: (kind, symbols, subscriber) => {
      for (const symbol of symbols) {
        const feed = feeds.get(streamNameOf(symbol, kind)) ?? addFeed(symbol, kind);
        feed.linger?.cancel();
        feed.linger = undefined;
        feed.subscribers.add(subscriber);
        update(feed);
        subscriber.report(feed.status);
      }
    },
    close: (kind, symbols, subscriber) => {
      for (const symbol of symbols) {
        const feed = feeds.get(streamNameOf(symbol, kind));
        if (!feed?.subscribers.delete(subscriber) || feed.subscribers.size > 0) continue;
        feed.linger = clock.after(limits.lingerMs, () => drop(feed));
      }
    },
    listingChanged: () => {
      for (const feed of feeds.values()) {
        const listed = listing(feed.symbol);
        if (listed === feed.listing) continue;
        feed.listing = listed;
        feed.tradedSinceListed = false;
        ask(feed);
        update(feed);
      }
    },
    countByState: () => {
      const counts = new Map<StreamState, number>();
      for (const { status } of feeds.values()) counts.set(status.state, (counts.get(status.state) ?? 0) + 1);
      return counts;
    },
    get refused() {
      return [...feeds.values()].flatMap(({ name, link, listing }) =>
        link.kind === 'rejected' && listing !== 'absent' ? [{ name, detail: link.detail }] : [],
      );
    },
    get lateDates() {
      return judge.lateDates;
    },
    pool,
    shutdown: async () => {
      watch.cancel();
      for (const feed of feeds.values()) {
        feed.linger?.cancel();
        feed.sequence.close();
      }
      await pool.close();
    },
  };
};
