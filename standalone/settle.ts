import { type Clock, sleep } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
import { type AggregatorState, readAggregatorState } from './aggregator-state.js';

/** How long the banner waits for the services to find each other. */
const settleMs = 5_000;
/** How long it waits for the exchange's first answer once they have. */
const exchangeMs = 1_500;
const pollMs = 50;
const requestTimeoutMs = 2_000;

const readiness = z.object({ dependencies: z.record(z.string(), z.object({ status: z.string() })) });

const isReady = async (bffUrl: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${bffUrl}/ready`, { signal: AbortSignal.timeout(requestTimeoutMs) });
    const { dependencies } = readiness.parse(await answer.json());
    return Object.values(dependencies).every(({ status }) => status === 'ok');
  } catch {
    return false; // Asked again; what stays wrong, /ready tells.
  }
};

export interface SettlePlaces {
  readonly bffUrl: string;
  readonly aggregatorUrl: string;
}

/**
 * Waits, within bounds, until the services have found each other and the exchange was heard from. Never throws: the run goes on without.
 * @returns what the aggregator says of the prices by then
 */
export const settle = async (
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  { bffUrl, aggregatorUrl }: SettlePlaces,
): Promise<AggregatorState> => {
  const poll = async (forMs: number, done: () => Promise<boolean>) => {
    const giveUpAtMs = clock.monotonic() + forMs;
    while (!signal.aborted && !(await done()) && clock.monotonic() < giveUpAtMs) await sleep(clock, pollMs, signal);
  };
  let state: AggregatorState = { simulated: undefined, fault: undefined };
  await poll(settleMs, () => isReady(bffUrl));
  await poll(exchangeMs, async () => {
    state = await readAggregatorState(aggregatorUrl);
    return state.simulated !== undefined;
  });
  return state;
};
