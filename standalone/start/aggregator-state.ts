import { z } from '@tickfolio/lib/config';

/** What the aggregator says of the price path. */
export interface AggregatorState {
  /** Undefined until the exchange was heard from. */
  readonly simulated: boolean | undefined;
  /** What keeps prices from flowing, in words. */
  readonly fault: string | undefined;
}

const timeoutMs = 2_000;
const answer = z.object({
  simulated: z.boolean().nullable(),
  dependencies: z.record(
    z.string(),
    z.object({ status: z.string(), required: z.boolean(), reason: z.string().optional() }),
  ),
});

/** Asks an aggregator. Never throws: what cannot be asked is at fault. */
export const readAggregatorState = async (baseUrl: string): Promise<AggregatorState> => {
  try {
    const response = await fetch(`${baseUrl}/ready`, { signal: AbortSignal.timeout(timeoutMs) });
    const { simulated, dependencies } = answer.parse(await response.json());
    const down = Object.values(dependencies).find(({ status, required }) => required && status !== 'ok');
    return { simulated: simulated ?? undefined, fault: down && (down.reason ?? 'a part is down') };
  } catch (err) {
    return {
      simulated: undefined,
      fault: `the aggregator does not answer (${err instanceof Error ? err.message : err})`,
    };
  }
};
