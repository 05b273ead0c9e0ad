import type { RouteOptions } from 'fastify';
import type { SettledOptions } from '../../options.js';

/** How often an operation may be called, for programs: `x-rate-limit` in the description. */
interface RateLimit {
  /** Who is counted. */
  readonly per: 'address' | 'user';
  /** So many at once. */
  readonly calls: number;
  /** In this time, counted from the first of them. */
  readonly windowSeconds?: number;
  /** After them one more each so often. */
  readonly refillSeconds?: number;
}

type Limits = Pick<SettledOptions, 'writesPerUser' | 'ordersPerUser' | 'pagesPerUser'>;

/** Operations that count as changes of one user. */
const changes = new Set([
  ...['changeCoin', 'removeCoin', 'undoChange'],
  ...['createPortfolio', 'updatePortfolio', 'archivePortfolio', 'fundPortfolio', 'transfer'],
  ...['createShare', 'endShare', 'addToWatchlist', 'removeFromWatchlist'],
]);
/** Operations that count as changes of orders. */
const orders = new Set(['placeOrder', 'testOrder', 'cancelOrder', 'cancelOrders']);
/** Operations that read pages of the exchange's history, one for each page of it. */
const pages = new Set(['listKlines', 'getCandles', 'getHeldValueHistory']);

const ofUser = ({ burst, refillMs }: Limits['writesPerUser']): RateLimit => ({
  per: 'user',
  calls: burst,
  refillSeconds: refillMs / 1_000,
});

const rateLimitOf = (
  { config }: RouteOptions,
  operationId: string | undefined,
  limits: Limits,
): RateLimit | undefined => {
  const byAddress = (config as { readonly rateLimit?: { readonly max: number; readonly timeWindow: number } })
    ?.rateLimit;
  if (byAddress) return { per: 'address', calls: byAddress.max, windowSeconds: byAddress.timeWindow / 1_000 };
  if (operationId === undefined) return undefined;
  if (changes.has(operationId)) return ofUser(limits.writesPerUser);
  if (orders.has(operationId)) return ofUser(limits.ordersPerUser);
  return pages.has(operationId) ? ofUser(limits.pagesPerUser) : undefined;
};

/** The part of a route's description that tells of its limit; empty where it has none of its own. */
export const describedLimit = (route: RouteOptions, operationId: string | undefined, limits: Limits) => {
  const limit = rateLimitOf(route, operationId, limits);
  return limit ? { 'x-rate-limit': limit } : {};
};
