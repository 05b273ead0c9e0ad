import { type Clock, sleep } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
import { type AggregatorState, readAggregatorState } from './aggregator-state.js';

/** How long the banner waits for the services to find each other and for the exchange's first answer. */
const settleMs = 2_000;
const pollMs = 50;
const requestTimeoutMs = 1_500;

/**
 * What comes with the exchange's next second, or may be away as a Kafka may, and is waited for by nobody: without it
 * everything that is held goes on.
 */
const laterOnes: ReadonlySet<string> = new Set(['all-market', 'event-log']);

const readiness = z.object({ dependencies: z.record(z.string(), z.object({ status: z.string() })) });

const isReady = async (bffUrl: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${bffUrl}/ready`, { signal: AbortSignal.timeout(requestTimeoutMs) });
    const { dependencies } = readiness.parse(await answer.json());
    return Object.entries(dependencies).every(([name, { status }]) => status === 'ok' || laterOnes.has(name));
  } catch {
    return false; // Asked again; what stays wrong, /ready tells.
  }
};

export interface SettlePlaces {
  readonly bffUrl: string;
  readonly aggregatorUrl: string;
}

/**
 * Waits, within bounds, until the services have found each other and the exchange was heard from. Never throws: the run
 * goes on without.
 * @returns what the aggregator says of the prices by then
 */
export const settle = async (
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  { bffUrl, aggregatorUrl }: SettlePlaces,
): Promise<AggregatorState> => {
  const giveUpAtMs = clock.monotonic() + settleMs;
  for (;;) {
    const [ready, state] = await Promise.all([isReady(bffUrl), readAggregatorState(aggregatorUrl)]);
    if ((ready && state.simulated !== undefined) || signal.aborted || clock.monotonic() > giveUpAtMs) return state;
    await sleep(clock, pollMs, signal);
  }
};
