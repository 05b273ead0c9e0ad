import type { Logger } from '@tickfolio/lib/telemetry';

export type PriceSource = 'binance' | 'simulated';

export interface Exchange {
  readonly restUrl: string;
  readonly wsUrl: string;
}

/** How long the exchange may take to answer before the simulator takes its place. */
export const probeTimeoutMs = 2_000;

/** Why the exchange cannot be used, or undefined when it answers. Bounded by `probeTimeoutMs`. */
export const probeExchange = async (restUrl: string): Promise<string | undefined> => {
  try {
    const answer = await fetch(`${restUrl}/api/v3/time`, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await answer.arrayBuffer();
    return answer.ok ? undefined : `it answered HTTP ${answer.status}`;
  } catch (err) {
    if (err instanceof Error && err.name === 'TimeoutError') return `it did not answer within ${probeTimeoutMs / 1000} s`;
    const cause = err instanceof Error && err.cause instanceof Error ? err.cause : err;
    return `it cannot be reached (${cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause)})`;
  }
};

export interface ChosenSource {
  readonly source: PriceSource;
  /** For the banner: why the simulator, when it was not asked for. */
  readonly reason: string | undefined;
}

/** Decides once, at start, where prices come from: `auto` takes the real exchange where it answers, else the simulator. */
export const choosePriceSource = async (setting: 'auto' | PriceSource, exchange: Exchange, log: Logger): Promise<ChosenSource> => {
  if (setting !== 'auto') return { source: setting, reason: undefined };
  const fault = await probeExchange(exchange.restUrl);
  if (fault === undefined) return { source: 'binance', reason: undefined };
  log.info({ exchange: exchange.restUrl, fault }, 'the exchange does not answer; prices are simulated'); // The banner tells it too.
  return { source: 'simulated', reason: fault };
};
