import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DayAnswer, DayQuery, TrailsAnswer } from '@tickfolio/api/history';
import { problems } from '@tickfolio/api/problem';
import type { Clock } from '@tickfolio/lib/clock';
import { formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import type { FastifyRequest } from 'fastify';
import type { ReadTurns } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { TrailPoint } from '../archive/archive-trails.js';
import { dayMomentOf, nextDayMomentOf } from '../archive/day-moments.js';
import type { MarketArchive } from '../archive/market-archive.js';
import { type Kind, requireKind } from '../market/portfolio-value.js';
import type { HeldSymbol } from '../market/symbols.js';
import type { HeldMarkets } from './held/held-markets.js';
import { dayOf, type ValueHistory } from './value-history.js';

export interface HistoryRoutesOptions extends ReadTurns {
  readonly verify: VerifyAccessToken;
  readonly history: Pick<ValueHistory, 'opens'>;
  readonly archive: MarketArchive;
  readonly held: HeldMarkets;
  /** Of the prices that arrive now; undefined while nobody knows. */
  readonly kind: () => Kind | undefined;
  readonly clock: Clock;
}

const security = [{ bearerAuth: [] }];
const isoOf = (atMs: number) => new Date(atMs).toISOString();
const dayMs = 86_400_000;
const minuteMs = 60_000;
const nothing = (): ReadonlyMap<string, never> => new Map<string, never>();

/** What coins cost then, in USDT too; without those of which one of the prices behind that is missing. */
export const pricesThen = (known: ReadonlyMap<string, TrailPoint>, coins: readonly HeldSymbol[]) =>
  coins.flatMap(({ symbol, quoteAsset }) => {
    const own = known.get(symbol);
    const rate = quoteAsset === 'usdt' ? { price: '1', atMs: own?.atMs ?? 0 } : known.get(`${quoteAsset}usdt`);
    if (own === undefined || rate === undefined) return [];
    const price = formatDecimal(multiply(parseDecimal(own.price), parseDecimal(rate.price)));
    return [{ Symbol: symbol, Price: price, QuotePrice: own.price, Time: isoOf(Math.min(own.atMs, rate.atMs)) }];
  });

/** What a day's figures need of the archive. */
interface DayReading {
  /** Symbols of which no price of midnight is known. */
  readonly late: readonly string[];
  readonly needed: readonly string[];
  readonly momentMs: number;
  readonly nextMomentMs: number | undefined;
}

/** What prices were: from the archive, and from the BFF's own records where it has none. */
export const historyRoutes: FastifyPluginAsyncTypebox<HistoryRoutesOptions> = async (app, options) => {
  const { verify, inTurn, inArchiveTurn, history, archive, held, kind, clock } = options;
  app.addHook('onRequest', requireSignIn(verify));
  const knownKind = () => requireKind(kind());
  /**
   * What the archive is asked for a day's figures, all at once. Nothing where there is no archive, or it does not come
   * to it: then the first price that was recorded has to do, and what is known of today.
   */
  const readArchive = (request: FastifyRequest, known: Kind, asked: DayReading) => {
    const simulated = known === 'simulated';
    const opensAt = (atMs: number) => archive.opensAt(atMs, asked.needed, simulated).catch(nothing);
    const all = () =>
      Promise.all([
        archive.midnight(asked.late, simulated).catch(nothing),
        opensAt(asked.momentMs),
        asked.nextMomentMs === undefined ? undefined : opensAt(asked.nextMomentMs),
      ]);
    return inArchiveTurn(request, all).catch(() => [nothing(), nothing(), undefined] as const);
  };

  app.get(
    '/profile/day',
    {
      schema: {
        tags: ['profile'],
        security,
        operationId: 'getDayOpens',
        summary: "Today's first prices and those of 24 hours ago, to count changes from",
        querystring: DayQuery,
        response: { 200: DayAnswer, ...problems(400, 401, 404, 409, 429, 503) },
      },
    },
    async (request) => {
      const nowMs = clock.now();
      const midnightMs = Math.floor(nowMs / dayMs) * dayMs;
      const { known, coins, needed, opens } = await inTurn(request, async () => {
        const markets = await held(signedIn(request).userId, request.query.portfolioId);
        const symbols = [...new Set(markets.flatMap(({ symbol, quoteAsset }) => [symbol, `${quoteAsset}usdt`]))];
        const ofKind = knownKind();
        return {
          known: ofKind,
          coins: markets,
          needed: symbols,
          opens: await history.opens(ofKind, dayOf(nowMs), symbols),
        };
      });
      // Of a coin that was added later the archive may still know what it cost at midnight.
      const late = needed.filter(
        (symbol) => symbol !== 'usdtusdt' && !((opens.get(symbol)?.atMs ?? nowMs) < midnightMs + minuteMs),
      );
      const next = nextDayMomentOf(nowMs);
      const asked = { late, needed, momentMs: dayMomentOf(nowMs), nextMomentMs: next?.moment };
      const [midnights, ago, agoNext] = await readArchive(request, known, asked);
      for (const [symbol, open] of midnights)
        if (open.atMs < (opens.get(symbol)?.atMs ?? nowMs)) opens.set(symbol, open);
      const found = coins.flatMap(({ symbol, quoteAsset }) => {
        const own = opens.get(symbol);
        const rate = quoteAsset === 'usdt' ? { price: '1', atMs: 0 } : opens.get(`${quoteAsset}usdt`);
        if (own === undefined || rate === undefined) return [];
        const price = formatDecimal(multiply(parseDecimal(own.price), parseDecimal(rate.price)));
        return [{ Symbol: symbol, Price: price, QuotePrice: own.price, Since: isoOf(Math.max(own.atMs, rate.atMs)) }];
      });
      return {
        AsOf: isoOf(nowMs),
        Since: isoOf(midnightMs),
        Opens: found,
        DayAgo: pricesThen(ago, coins),
        DayAgoNext: next && agoNext ? { From: isoOf(next.fromMs), Prices: pricesThen(agoNext, coins) } : null,
      };
    },
  );

  app.get(
    '/profile/trails',
    {
      schema: {
        tags: ['profile'],
        security,
        operationId: 'getTrails',
        summary: 'The last half hour of the prices of what is held',
        response: { 200: TrailsAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request) => {
      const coins = await inTurn(request, () => held(signedIn(request).userId, undefined));
      const trails = await inArchiveTurn(request, () => archive.trails(coins.map(({ symbol }) => symbol)));
      return {
        Trails: [...trails].map(([symbol, points]) => ({
          Symbol: symbol,
          Points: points.map(({ atMs, price: text }) => ({ Time: isoOf(atMs), Price: text })),
        })),
      };
    },
  );
};
