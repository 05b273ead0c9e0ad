import type { IncomingMessage } from 'node:http';
import type { MiniTicker } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import type { Outbound } from '@tickfolio/lib/outbound';
import WebSocket, { type RawData } from 'ws';
import type { SocketLimits } from '../limits.js';
import { answerInWords, saidIn } from '../rest/exchange-words.js';
import { retryAfterMsOf } from '../rest/retry-after.js';
import { createControlChannel } from './control-channel.js';
import { type ExchangeFrame, readMessage } from './frame.js';
import type { Refused } from './refusals.js';
import { watchSigns } from './sign-of-life.js';
import { allTickersStream } from './ticker-array.js';

/** Why a connection ended. `said`: what the exchange itself gave as the reason. */
export type ConnectionEnd =
  /** The upgrade was answered with 403 or 451: this address is not served. */
  | { readonly why: 'refused'; readonly status: number; readonly said?: string }
  /** 429 or 418: too much was asked. */
  | { readonly why: 'limited'; readonly status: number; readonly retryAfterMs: number; readonly said?: string }
  /** `neverOpened`: nobody answers there, or somebody who is not the exchange. */
  | { readonly why: 'failed'; readonly detail: string; readonly neverOpened?: true };

export interface ConnectionEvents {
  opened(): void;
  frame(frame: ExchangeFrame, receiveTimeMs: number): void;
  /** Of the stream of all symbols. */
  tickers(tickers: readonly MiniTicker[], receiveTimeMs: number): void;
  acknowledged(name: string): void;
  rejected(name: string, why: string, refused: Refused): void;
  /** The exchange announced that this server goes away. */
  shutdownNotice(): void;
  malformed(why: string): void;
  controlSent(): void;
  /** Exactly once, and nothing after it; not called for our own `close`. */
  ended(end: ConnectionEnd): void;
}

export interface ExchangeConnection {
  readonly isOpen: boolean;
  /** Monotonic times; undefined: not yet. */
  readonly lastDataMs: number | undefined;
  /** When data came last, or an answer: one that brings nothing is asked for a sign of life. From its opening on. */
  readonly lastSignMs: number | undefined;
  acknowledgedAtMs(name: string): number | undefined;
  lastSeenMs(name: string): number | undefined;
  /** True for a stream that the exchange refuses and that is not worth waiting for. */
  isRefused(name: string): boolean;
  want(name: string): void;
  unwant(name: string): void;
  renew(name: string): void;
  /** Says goodbye; cut after `limits.closeMs`. Resolves when the socket is gone. */
  close(): Promise<void>;
}

const maxRefusalLength = 4_096;

const endOf = (response: IncomingMessage, text: string): ConnectionEnd => {
  const status = response.statusCode ?? 0;
  const { words: said } = saidIn(text);
  if (status === 403 || status === 451) return { why: 'refused', status, said };
  if (status === 429 || status === 418)
    return { why: 'limited', status, retryAfterMs: retryAfterMsOf(response.headers['retry-after']), said };
  return { why: 'failed', detail: `the upgrade was answered with ${answerInWords(status, said)}`, neverOpened: true };
};

/** The body of a refusal, as far as it came within its bounds; to be read for its words only. */
const readRefusal = (response: IncomingMessage, clock: Clock, maxMs: number, done: (text: string) => void) => {
  let text = '';
  const finish = () => {
    limit.cancel();
    response.destroy();
    done(text);
  };
  const limit = clock.after(maxMs, finish);
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    text += piece;
    if (text.length > maxRefusalLength) finish();
  });
  response.once('close', finish);
};

const textOf = (data: RawData): string =>
  Buffer.isBuffer(data)
    ? data.toString()
    : Array.isArray(data)
      ? Buffer.concat(data).toString()
      : Buffer.from(data).toString();

export interface ConnectionDeps {
  /** Base address, such as `wss://stream.binance.com:9443`. */
  readonly url: string;
  readonly clock: Clock;
  readonly limits: SocketLimits;
  readonly outbound: Pick<Outbound, 'agentFor'>;
}

/** One WebSocket connection to the exchange's combined-stream endpoint. Pings are answered by `ws` itself. */
export const openExchangeConnection = (
  { url, clock, limits, outbound }: ConnectionDeps,
  events: ConnectionEvents,
): ExchangeConnection => {
  const acknowledged = new Map<string, number>();
  const seen = new Map<string, number>();
  let lastDataMs: number | undefined;
  let lastSignMs: number | undefined;
  let state: 'connecting' | 'open' | 'ended' = 'connecting';
  const stop = new AbortController();
  const agent = outbound.agentFor(url, { signal: stop.signal });
  const socket = new WebSocket(`${url}/stream`, {
    maxPayload: limits.maxFrameBytes,
    perMessageDeflate: false,
    ...(agent ? { agent } : {}),
  });
  // The library's own bound begins when there is a connection, which a silent proxy never gives.
  const handshake = clock.after(limits.handshakeTimeoutMs, () =>
    fail(`no answer within ${limits.handshakeTimeoutMs / 1_000} s`),
  );
  const signs = watchSigns(clock, limits, { lastMs: () => lastSignMs, ask: () => control.list() });
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));

  const end = (reason: ConnectionEnd) => {
    if (state === 'ended') return;
    state = 'ended';
    handshake.cancel();
    signs.cancel();
    control.close();
    socket.terminate();
    stop.abort();
    events.ended(reason);
  };
  const fail = (detail: string) =>
    end({ why: 'failed', detail, ...(state === 'connecting' ? { neverOpened: true } : {}) });
  const control = createControlChannel(clock, limits, {
    send: (text) => {
      if (state !== 'open') return;
      socket.send(text);
      events.controlSent();
    },
    acknowledged: (name) => {
      acknowledged.set(name, clock.monotonic());
      events.acknowledged(name);
    },
    rejected: events.rejected,
    listed: () => {
      lastSignMs = clock.monotonic();
    },
    unanswered: () => fail('the exchange does not answer our requests'),
  });

  const sawData = (stream: string) => {
    const nowMs = clock.monotonic();
    lastDataMs = nowMs;
    lastSignMs = nowMs;
    seen.set(stream, nowMs);
    control.sawData(stream);
  };
  const take = (text: string) => {
    const message = readMessage(text);
    if (message.type === 'frame') {
      sawData(message.frame.stream);
      events.frame(message.frame, clock.now());
    } else if (message.type === 'tickers') {
      sawData(allTickersStream);
      events.tickers(message.tickers, clock.now());
    } else if (message.type === 'reply') {
      if (message.id === undefined) events.malformed('a reply without an id of ours');
      control.reply(message.id, message.error, message);
    } else if (message.type === 'shutdown') events.shutdownNotice();
    else events.malformed(message.why);
  };

  socket.on('open', () => {
    if (state !== 'connecting') return;
    state = 'open';
    handshake.cancel();
    lastSignMs = clock.monotonic();
    events.opened();
    control.open();
  });
  socket.on('message', (data, isBinary) => {
    if (state !== 'open') return;
    if (isBinary) events.malformed('a binary message');
    else take(textOf(data));
  });
  socket.on('unexpected-response', (_request, response) =>
    readRefusal(response, clock, limits.closeMs, (text) => end(endOf(response, text))),
  );
  socket.on('error', (err) => fail(err.message));
  socket.on('close', (code, reason) =>
    fail(`the exchange closed the connection (${code}${reason.length ? ` ${reason}` : ''})`),
  );

  return {
    get isOpen() {
      return state === 'open';
    },
    get lastDataMs() {
      return lastDataMs;
    },
    get lastSignMs() {
      return lastSignMs;
    },
    acknowledgedAtMs: (name) => acknowledged.get(name),
    lastSeenMs: (name) => seen.get(name),
    isRefused: (name) => control.isRefused(name),
    want: (name) => control.want(name),
    unwant: (name) => {
      acknowledged.delete(name);
      seen.delete(name);
      control.unwant(name);
    },
    renew: (name) => {
      acknowledged.delete(name);
      seen.delete(name);
      control.renew(name);
    },
    close: async () => {
      if (state === 'ended') return gone;
      const wasOpen = state === 'open';
      state = 'ended';
      handshake.cancel();
      signs.cancel();
      control.close();
      if (wasOpen) socket.close(1000);
      else socket.terminate();
      const cut = clock.after(limits.closeMs, () => socket.terminate());
      if (!wasOpen) stop.abort();
      await gone;
      cut.cancel();
    },
  };
};
