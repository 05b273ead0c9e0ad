import type { Operations } from '@tickfolio/lib/http';
import type { TokenClock } from './accounts/token-clock.js';
import type { BffDeps } from './app.js';
import type { LivePart } from './live-part.js';

/** What `/ready` says. */
export const readinessOf = (
  { postgres, priceBus, auth, beside = [], factsBeside }: BffDeps,
  live: LivePart,
  tokenClock: Pick<TokenClock, 'offsetMs'>,
): Pick<Operations, 'dependencies' | 'facts' | 'draining'> => ({
  dependencies: [
    { name: 'profile-database', required: true, check: () => postgres.ping().then(() => undefined) },
    { name: 'price-bus', required: true, check: () => priceBus.check() },
    // Without these portfolios are still read and changed and sockets served; taking this replica out would help nobody.
    { name: 'authorization', required: false, check: () => auth.check() },
    { name: 'aggregator', required: false, check: () => live.demand.check() },
    ...beside.map((dependency) => ({ ...dependency, required: false })),
  ],
  facts: () => ({
    simulated: live.kind.simulated ?? null,
    clockOffsetMs: live.exchange.offsetMs ?? null,
    tokenClockOffsetMs: tokenClock.offsetMs ?? null,
    ...(live.demand.aggregators ? { aggregators: live.demand.aggregators } : {}),
    ...factsBeside?.(),
  }),
  draining: () => live.sockets.isClosing,
});
