import type { Operations } from '@tickfolio/lib/http';
import type { BffModule } from './module.js';
import type { Shared } from './shared.js';

/** The embedded database answers nobody else for a moment while a backup copies it; Kubernetes asks for 3 s. */
const checkTimeoutMs = 2_500;

/** What `/ready` says. Without a neighbour of a module the others go on. */
export const readinessOf = (
  shared: Shared,
  modules: readonly BffModule[],
): Pick<Operations, 'dependencies' | 'facts' | 'checkTimeoutMs'> => {
  const { deps, market, demand, sessions, adoption } = shared;
  const { postgres, priceBus, beside = [], factsBeside } = deps;
  return {
    checkTimeoutMs,
    dependencies: [
      { name: 'profile-database', required: true, check: () => postgres.ping().then(() => undefined) },
      { name: 'price-bus', required: true, check: () => priceBus.check() },
      ...modules.flatMap(({ dependency }) => dependency?.(shared) ?? []),
      ...beside.map((dependency) => ({ ...dependency, required: false })),
    ],
    facts: () => ({
      simulated: market.kind.simulated ?? null,
      clockOffsetMs: market.exchange.offsetMs ?? null,
      tokenClockOffsetMs: sessions.tokenClock.offsetMs ?? null,
      ...(adoption.progress === undefined ? {} : { holdings: adoption.progress }),
      ...(demand.aggregators ? { aggregators: demand.aggregators } : {}),
      ...factsBeside?.(),
    }),
  };
};
