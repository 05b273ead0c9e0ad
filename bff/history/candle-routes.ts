import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CandlesAnswer, CandlesPath, CandlesQuery } from '@tickfolio/api/market';
import { problems } from '@tickfolio/api/problem';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyRequest } from 'fastify';
import type { ReadTurns } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { TrailPoint } from '../archive/archive-trails.js';
import { dayMomentOf } from '../archive/day-moments.js';
import {
  type Candle,
  candleRanges,
  type DayTicker,
  type MarketArchive,
  type Volume,
} from '../archive/market-archive.js';
import type { createFilledCandles } from '../exchange/filled-candles.js';
import type { TakePages } from '../exchange/page-allowance.js';
import type { KeptListings } from '../market/kept-listings.js';
import type { Kind } from '../market/portfolio-value.js';
import type { SymbolLookup } from '../market/symbol-lookup.js';
import { type Assets, assetsOf, type Symbols } from '../market/symbols.js';
import type { Portfolios } from '../portfolio/portfolios.js';

export interface CandleRoutesOptions extends ReadTurns {
  readonly verify: VerifyAccessToken;
  readonly archive: MarketArchive;
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly symbols: Symbols;
  readonly lookup: SymbolLookup;
  /** What was listed at any time. */
  readonly keptListings: Pick<KeptListings, 'read'>;
  /** Of the prices that arrive now; undefined while nobody knows. */
  readonly kind: () => Kind | undefined;
  readonly filled: ReturnType<typeof createFilledCandles>;
  readonly takePages: TakePages;
  /** The last 24 hours by the stream of all symbols, where that is of the kind that arrives now. */
  readonly tickerOf: (symbol: string) => (DayTicker & Volume) | undefined;
  /** The one that frames are dated by. */
  readonly clock: Clock;
}

const isoOf = (atMs: number) => new Date(atMs).toISOString();
/** @returns that the archive is away; @throws anything else that was thrown */
const unlessAway = (thrown: unknown): AppError => {
  const isAway = thrown instanceof AppError && ['unavailable', 'deadline_exceeded'].includes(thrown.code);
  if (!isAway) throw thrown;
  return thrown;
};
const answerDay = (day: DayTicker | undefined) =>
  day ? { Time: isoOf(day.atMs), Open: day.open, High: day.high, Low: day.low } : null;
const answerVolume = (volume: Volume | undefined) =>
  volume ? { Time: isoOf(volume.atMs), Base: volume.base, Quote: volume.quote } : null;
const answerCandle = ({ atMs, open, high, low, close }: Candle) => ({
  Time: isoOf(atMs),
  Open: open,
  High: high,
  Low: low,
  Close: close,
});

/** Candles of every symbol that is listed, or held, or that the archive knows. */
export const candleRoutes: FastifyPluginAsyncTypebox<CandleRoutesOptions> = async (app, options) => {
  const { verify, inTurn, inArchiveTurn, archive, portfolios, symbols, lookup, keptListings, kind, clock } = options;
  const { filled, takePages, tickerOf } = options;
  app.addHook('onRequest', requireSignIn(verify));
  const isSimulated = () => {
    const known = kind();
    return known === undefined ? undefined : known === 'simulated';
  };
  /** Of the exchange's own 24 hours; nothing where there is no archive: then what is known of today has to do. */
  const dayOf = async (symbol: string): Promise<DayTicker | undefined> => {
    const simulated = isSimulated();
    const days = simulated === undefined ? undefined : await archive.days(simulated).catch(() => undefined);
    const day = days?.get(symbol);
    if (!day || simulated === undefined) return day;
    // The change that stands above is counted from that.
    const opens = await archive.opensAt(dayMomentOf(clock.now()), [symbol], simulated).catch(() => undefined);
    return { ...day, open: opens?.get(symbol)?.price ?? day.open };
  };
  const heldAssets = async (userId: string, symbol: string): Promise<Assets | undefined> => {
    const coins = (await portfolios.readMany([userId])).get(userId);
    const quote = coins?.find((coin) => coin.symbol === symbol)?.quoteAsset;
    return quote === undefined ? undefined : assetsOf({ symbol, quoteAsset: quote });
  };
  /** What is known of a symbol that is not on the list. @throws AppError not_found for one that nobody knows */
  const goneSymbol = async (
    request: FastifyRequest,
    symbol: string,
  ): Promise<{ assets: Assets | undefined; last: TrailPoint | undefined }> => {
    const assets =
      symbols.assets(symbol) ?? (await inTurn(request, () => heldAssets(signedIn(request).userId, symbol)));
    const last = await inArchiveTurn(request, () => archive.last(symbol, isSimulated()));
    if (!assets && !last) throw new AppError('not_found', `The exchange does not list ${JSON.stringify(symbol)}.`);
    const known = kind();
    return { assets: assets ?? (known && (await inTurn(request, () => keptListings.read(known, symbol)))), last };
  };

  app.get(
    '/coins/:symbol/candles',
    {
      schema: {
        tags: ['market'],
        security: [{ bearerAuth: [] }],
        operationId: 'getCandles',
        summary: 'Candles of a symbol, from the archive',
        description: 'Also of a symbol that the exchange has delisted, where it is held or the archive knows it.',
        params: CandlesPath,
        querystring: CandlesQuery,
        response: { 200: CandlesAnswer, ...problems(400, 401, 404, 429, 503) },
      },
    },
    async (request) => {
      const symbol = request.params.symbol.toLowerCase();
      const range = request.query.range ?? '24h';
      await lookup.lookAgain(symbol);
      const standing = symbols.standing(symbol);
      const gone = standing === 'gone' ? await goneSymbol(request, symbol) : undefined;
      const assets = gone?.assets ?? symbols.assets(symbol);
      // An archive whose archiver is older has no volumes.
      const archived = await inArchiveTurn(request, () =>
        Promise.all([
          archive.candles(symbol, range),
          archive.today(symbol),
          dayOf(symbol),
          archive.volume(symbol).catch(() => undefined),
        ]),
      ).catch(unlessAway);
      const isAway = archived instanceof AppError;
      const beforeAsking = () => takePages(signedIn(request).userId, 1);
      const { candles, lacks } = await filled(symbol, range, isAway ? [] : archived[0], beforeAsking);
      // Where neither is to be had, what is wrong with the archive is what can be mended here.
      if (isAway && lacks !== undefined) throw archived;
      const [, today, day, volume] = isAway ? [] : archived;
      const ticker = tickerOf(symbol);
      return {
        Symbol: symbol,
        BaseAsset: assets?.BaseAsset ?? null,
        QuoteAsset: assets?.QuoteAsset ?? null,
        Status: standing === 'gone' ? ('delisted' as const) : (standing ?? null),
        Range: range,
        StepSeconds: candleRanges[range].stepMs / 1_000,
        Candles: candles.map((candle) => ({ ...answerCandle(candle), Source: candle.source })),
        Lacks: lacks ?? null,
        Today: today ? answerCandle(today) : null,
        Day: answerDay(day ?? ticker),
        Volume: answerVolume(volume ?? ticker),
        Last: gone?.last ? { Time: isoOf(gone.last.atMs), Price: gone.last.price } : null,
      };
    },
  );
};
