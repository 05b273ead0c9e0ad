import type { RawResponse } from '@tickfolio/gen/market/v1';
import type { Clock, Timer } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { createBackoff, type RetryPolicy } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';

/** The pauses are those before any further attempt, by default up to 100 ms before the first and up to 1 s. */
export interface RawStreamOptions extends RetryPolicy {
  /** A new stream has this long for its first message. Default 5 000. */
  readonly firstMessageMs: number;
  /** How long the old stream is still read after the new one began, so that nothing on its way is cut. Default 200. */
  readonly overlapMs: number;
  /**
   * A stream that promised to be heard every so often is given up when nothing comes for so many times as long. Default
   * 3.
   */
  readonly silentHeartbeats: number;
  /** A stream that lived this long counts as a success. Default 5 000. */
  readonly provenMs: number;
}

export const rawStreamDefaults: RawStreamOptions = {
  firstMessageMs: 5_000,
  overlapMs: 200,
  minRetryMs: 100,
  maxRetryMs: 1_000,
  leastShare: 0.2,
  silentHeartbeats: 3,
  provenMs: 5_000,
};

export interface RawStreamDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly open: (symbols: readonly string[], signal: AbortSignal) => AsyncIterable<RawResponse>;
  /** `isCurrent` is false for the last messages of a stream that was replaced: their statuses are out of date. */
  readonly message: (response: RawResponse, isCurrent: boolean) => void;
  /** No stream is open any more; another one is being tried. */
  readonly broken: (reason: string) => void;
  /** Told for every attempt; for counting. */
  readonly opening?: () => void;
}

/**
 * One stream with a changing set of symbols: a change or a break makes a new stream, whose first message retires the
 * old one.
 */
export interface RawStream {
  /** The whole set from now on. */
  follow(symbols: Iterable<string>): void;
  /** Why no stream is open though symbols are wanted, or undefined. */
  readonly fault: string | undefined;
  close(): void;
}

interface Link {
  readonly key: string;
  readonly symbols: readonly string[];
  readonly controller: AbortController;
  readonly openedMs: number;
  heardMs: number;
  /** Runs when the other side said how often it would be heard. */
  watch: Timer | undefined;
}

/** What came while this process was busy elsewhere is read within this time. */
const catchUpMs = 500;

export const createRawStream = (deps: RawStreamDeps, options: RawStreamOptions = rawStreamDefaults): RawStream => {
  const { clock, log } = deps;
  let wanted: readonly string[] = [];
  let wantedKey = '';
  let current: Link | undefined;
  let next: Link | undefined;
  let retry: Timer | undefined;
  const backoff = createBackoff(options);
  let lastReason = 'not connected yet';
  let closed = false;

  const retryLater = () => {
    if (closed || retry || wanted.length === 0) return;
    retry = clock.after(backoff.next(), () => {
      retry = undefined;
      reconcile();
    });
  };
  const promote = (link: Link) => {
    const old = current;
    current = link;
    next = undefined;
    if (old) clock.after(options.overlapMs, () => old.controller.abort());
    log.info({ symbols: link.symbols.length }, 'stream open');
    reconcile();
  };
  const ended = (link: Link, reason: string) => {
    if (link.controller.signal.aborted && link !== next && link !== current) return;
    lastReason = reason;
    if (clock.monotonic() - link.openedMs >= options.provenMs) backoff.reset();
    if (link === next) next = undefined;
    else if (link === current) {
      current = undefined;
      log.warn({ reason }, 'stream broke');
      deps.broken(reason);
    } else return;
    retryLater();
  };
  /** A connection whose other end is gone without a word stays open: only that nothing comes shows it. */
  const watchFor = (link: Link, boundMs: number, giveUp: (why: string) => void) => {
    const look = (isLastLook: boolean) => {
      const silentMs = clock.monotonic() - link.heardMs;
      if (silentMs < boundMs) link.watch = clock.after(boundMs - silentMs, () => look(false));
      else if (isLastLook) giveUp(`nothing was heard for ${Math.round(silentMs / 100) / 10} s`);
      else link.watch = clock.after(catchUpMs, () => look(true));
    };
    look(false);
  };
  const read = async (link: Link) => {
    const { signal } = link.controller;
    let why = 'the stream was ended';
    const giveUp = (reason: string) => {
      why = reason;
      link.controller.abort();
    };
    const limit = clock.after(options.firstMessageMs, () =>
      giveUp(`no first message within ${options.firstMessageMs} ms`),
    );
    try {
      for await (const message of deps.open(link.symbols, signal)) {
        if (signal.aborted) break;
        link.heardMs = clock.monotonic();
        if (message.heartbeatMs && !link.watch) watchFor(link, message.heartbeatMs * options.silentHeartbeats, giveUp);
        if (link === next) {
          limit.cancel();
          promote(link);
        }
        deps.message(message, link === current);
      }
      ended(link, why);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'internal') log.error({ err: error }, 'stream failed');
      ended(link, error.message);
    } finally {
      limit.cancel();
      link.watch?.cancel();
    }
  };
  const reconcile = () => {
    if (closed) return;
    if (wanted.length === 0) {
      const retired = [next, current];
      next = undefined;
      current = undefined;
      retry?.cancel();
      retry = undefined;
      for (const link of retired) link?.controller.abort();
      return;
    }
    if (next || retry || current?.key === wantedKey) return;
    deps.opening?.();
    const nowMs = clock.monotonic();
    next = {
      key: wantedKey,
      symbols: wanted,
      controller: new AbortController(),
      openedMs: nowMs,
      heardMs: nowMs,
      watch: undefined,
    };
    void read(next);
  };

  return {
    follow: (symbols) => {
      wanted = [...symbols].sort();
      wantedKey = wanted.join('\n');
      reconcile();
    },
    get fault() {
      return wanted.length > 0 && !current ? lastReason : undefined;
    },
    close: () => {
      closed = true;
      retry?.cancel();
      for (const link of [next, current]) link?.controller.abort();
      next = undefined;
      current = undefined;
    },
  };
};
