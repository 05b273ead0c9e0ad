import type { Clock } from '@tickfolio/lib/clock';
import { createOutbound, noProxies, type ProxySettings } from '@tickfolio/lib/outbound';
import type { Logger } from '@tickfolio/lib/telemetry';
import {
  type ConnectionEnd,
  type ConnectionEvents,
  type ExchangeConnection,
  openExchangeConnection,
} from './exchange/exchange-connection.js';
import { createStreamAddress } from './exchange/stream-address.js';
import type { SocketLimits } from './limits.js';
import type { SocketMetrics } from './metrics.js';
import { createExchangeClock, type ExchangeClock } from './rest/exchange-clock.js';
import { createExchangeRest, type ExchangeRest } from './rest/rest.js';
import { createRestProof } from './rest/rest-proof.js';

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: SocketMetrics;
  readonly limits: SocketLimits;
  /** Default Node's own, through the proxies. */
  readonly fetch?: typeof fetch | undefined;
}

/** Where an exchange is, and the way to it. */
export interface ExchangePlace {
  /** Base address, such as `wss://stream.binance.com:9443`. */
  readonly exchangeWsUrl: string;
  /** Another address of the same streams, for where the first does not open. */
  readonly exchangeWsFallbackUrl?: string | undefined;
  /** Base address, such as `https://api.binance.com`. */
  readonly exchangeRestUrl: string;
  /** Through which proxies it is reached. Default none. */
  readonly proxies?: ProxySettings;
}

/** The exchange as this service reaches it: its streams, its REST interface and its clock, all by the same way. */
export interface Exchange {
  readonly rest: ExchangeRest;
  readonly time: ExchangeClock;
  /** The address at which the streams are had, or tried. */
  readonly streamUrl: string;
  /** Why the REST interface does not answer either, where it was asked because the streams do not open. */
  readonly restFault: string | undefined;
  /**
   * To be called when no wanted stream is without a connection any more because nobody wants it: `restFault` is none
   * then.
   */
  noneMissing(): void;
  /** `host:port` of the proxy on the way to the streams. */
  readonly proxy: string | undefined;
  /** Starts to open a connection. @param maxFrameBytes default as limited */
  connect(on: ConnectionEvents, maxFrameBytes?: number): ExchangeConnection;
  /** To be called when nothing asks any more. */
  close(): Promise<void>;
}

export const createExchange = (
  { clock, log, metrics, limits, ...deps }: ExchangeDeps,
  place: ExchangePlace,
): Exchange => {
  const { exchangeWsUrl, exchangeWsFallbackUrl, exchangeRestUrl, proxies = noProxies } = place;
  const outbound = createOutbound(proxies);
  const rest = createExchangeRest({
    clock,
    log,
    metrics,
    fetch: deps.fetch ?? outbound.fetch,
    url: exchangeRestUrl,
    limits,
  });
  const proof = createRestProof((signal) => rest.time(signal));
  const address = createStreamAddress({
    log,
    urls: [exchangeWsUrl, ...(exchangeWsFallbackUrl === undefined ? [] : [exchangeWsFallbackUrl])],
    answersOver: () =>
      proof.verdict && proof.verdict.fault === undefined ? new URL(exchangeRestUrl).protocol.slice(0, -1) : undefined,
  });
  const time = createExchangeClock(
    { clock, log, read: (signal) => rest.time(signal) },
    { everyMs: limits.clockEveryMs, retryMs: limits.clockRetryMs },
  );
  return {
    rest,
    time,
    get streamUrl() {
      return address.current;
    },
    get restFault() {
      return proof.verdict?.fault;
    },
    noneMissing: () => proof.forget(),
    get proxy() {
      return outbound.proxyOf(address.current);
    },
    connect: (on, maxFrameBytes = limits.maxFrameBytes) => {
      const url = address.current;
      const opened = () => {
        address.opened(url);
        proof.forget();
        on.opened();
      };
      const ended = (end: ConnectionEnd) => {
        on.ended(address.ended(url, end));
        if (end.why === 'failed' && end.neverOpened) proof.streamsFailed();
      };
      return openExchangeConnection(
        { url, clock, limits: { ...limits, maxFrameBytes }, outbound },
        { ...on, opened, ended },
      );
    },
    close: async () => {
      await time.close();
      await proof.close();
      await outbound.close();
    },
  };
};
