import type { Clock } from '@tickfolio/lib/clock';
import type { ProxySettings } from '@tickfolio/lib/outbound';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type SocketConfig, socketProxies, streamFallback } from '@tickfolio/socket/config';
import { probeExchange } from '@tickfolio/socket/probe';

export type PriceSource = 'binance' | 'simulated';

export interface Exchange {
  readonly restUrl: string;
  readonly wsUrl: string;
  /** Where else its streams are. */
  readonly wsFallbackUrl?: string | undefined;
  /** Through which proxies it is reached. */
  readonly proxies?: ProxySettings;
}

/** The exchange that the settings name. */
export const realExchange = (
  config: Parameters<typeof socketProxies>[0] & Pick<SocketConfig, 'BINANCE_REST_URL' | 'BINANCE_WS_URL'>,
): Exchange => ({
  restUrl: config.BINANCE_REST_URL,
  wsUrl: config.BINANCE_WS_URL,
  wsFallbackUrl: streamFallback(config.BINANCE_WS_URL),
  proxies: socketProxies(config),
});

export interface ChosenSource {
  readonly source: PriceSource;
  /** For the banner: why the simulator, when it was not asked for. */
  readonly reason: string | undefined;
  /** Where the exchange's streams answered, as far as that was asked. */
  readonly wsUrl?: string;
}

/** The same exchange, with the stream address first that answered, where that was asked. */
export const answering = (exchange: Exchange, { wsUrl }: ChosenSource): Exchange =>
  wsUrl === undefined || wsUrl === exchange.wsUrl ? exchange : { ...exchange, wsUrl, wsFallbackUrl: exchange.wsUrl };

export interface ChoosingDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Decides once, at start, where prices come from: `auto` takes the real exchange where all that is needed of it answers
 * within 2 s, else the simulator.
 */
export const choosePriceSource = async (
  setting: 'auto' | PriceSource,
  { restUrl, wsUrl, wsFallbackUrl, proxies }: Exchange,
  { clock, log }: ChoosingDeps,
): Promise<ChosenSource> => {
  if (setting !== 'auto') return { source: setting, reason: undefined };
  const place = {
    exchangeRestUrl: restUrl,
    exchangeWsUrl: wsUrl,
    exchangeWsFallbackUrl: wsFallbackUrl,
    ...(proxies ? { proxies } : {}),
  };
  const { streamUrl, fault } = await probeExchange(clock, place);
  if (fault === undefined && streamUrl !== undefined) return { source: 'binance', reason: undefined, wsUrl: streamUrl };
  log.info({ exchange: restUrl, streams: wsUrl, fault }, 'the exchange cannot be used; prices are simulated'); // The banner tells it too.
  return { source: 'simulated', reason: fault };
};
