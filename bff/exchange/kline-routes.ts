import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { KlinesAnswer, KlinesPath, KlinesQuery } from '@tickfolio/api/klines';
import { problems } from '@tickfolio/api/problem';
import type { Kline } from '@tickfolio/gen/market/v1';
import { AppError, invalidCursor, invalidField } from '@tickfolio/lib/errors';
import { etagOf, hasAlready } from '@tickfolio/lib/http';
import { type KlineInterval, klineIntervals } from '@tickfolio/lib/market/kline-interval';
import type { FastifyReply } from 'fastify';
import { readLimit, readTime } from '../api/query-values.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { SymbolLookup } from '../market/symbol-lookup.js';
import type { Symbols } from '../market/symbols.js';
import type { Klines } from './klines.js';
import type { TakePages } from './page-allowance.js';

export interface KlineRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly klines: Klines;
  readonly symbols: Pick<Symbols, 'mayExist'>;
  readonly lookup: Pick<SymbolLookup, 'lookAgain'>;
  readonly takePages: TakePages;
}

const limits = [500, 1_000] as const;
const isoOf = (atMs: number) => new Date(atMs).toISOString();
const answerKline = ({ openTimeMs, closeTimeMs, ...kline }: Kline) => ({
  openTime: isoOf(openTimeMs),
  closeTime: isoOf(closeTimeMs),
  ...kline,
});

/** A page goes on where the one before ended; what it says is nobody else's business. */
const cursorOf = (nextMs: number): string => Buffer.from(`k${nextMs}`).toString('base64url');
const readCursor = (text: string): number => {
  const read = /^k(\d{1,14})$/.exec(Buffer.from(text, 'base64url').toString());
  if (read) return Number(read[1]);
  throw invalidCursor();
};

/** The exchange's own candles. */
export const klineRoutes: FastifyPluginAsyncTypebox<KlineRoutesOptions> = async (app, options) => {
  const { verify, klines, symbols, lookup, takePages } = options;
  app.addHook('onRequest', requireSignIn(verify));

  app.get(
    '/klines/:symbol',
    {
      schema: {
        tags: ['market'],
        security: [{ bearerAuth: [] }],
        operationId: 'listKlines',
        summary: "The exchange's own candles of a symbol",
        description:
          'Whether or not anybody here has ever held it. Without `from` the latest ones; with it the first from there on, and `next` leads on while there are more. Ask with `If-None-Match` to learn cheaply that nothing changed.',
        params: KlinesPath,
        querystring: KlinesQuery,
        response: { 200: KlinesAnswer, ...problems(400, 401, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const symbol = request.params.symbol.toLowerCase();
      const { interval = '1h', from, to, cursor } = request.query;
      const limit = readLimit(request.query.limit, ...limits);
      const startMs = cursor === undefined ? readTime('from', from) : readCursor(cursor);
      const endMs = readTime('to', to);
      if (startMs !== undefined && endMs !== undefined && startMs > endMs)
        throw invalidField('to', 'must not lie before from');
      await lookup.lookAgain(symbol);
      if (!symbols.mayExist(symbol))
        throw new AppError('not_found', `The exchange does not list ${JSON.stringify(symbol)}.`);
      takePages(signedIn(request).userId, 1);
      const page = await klines.page({ symbol, interval, startMs, endMs, limit });
      const body = {
        symbol,
        interval,
        klines: page.klines.map(answerKline),
        gaps: page.gaps.map(({ fromMs, toMs }) => ({ from: isoOf(fromMs), to: isoOf(toMs) })),
        next: nextOf(interval, page.klines.at(-1), startMs, Math.min(endMs ?? page.serverTimeMs, page.serverTimeMs)),
        simulated: page.simulated,
      };
      const etag = etagOf(JSON.stringify(body));
      reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'authorization');
      if (hasAlready(request.headers['if-none-match'], etag)) return (reply as FastifyReply).code(304).send();
      return { ...body, asOf: isoOf(page.serverTimeMs) };
    },
  );
};

/** By time, because a short page is no end; none where it went from the latest back. */
const nextOf = (
  interval: KlineInterval,
  last: Kline | undefined,
  startMs: number | undefined,
  untilMs: number,
): string | null => {
  if (startMs === undefined || !last) return null;
  const nextMs = last.openTimeMs + klineIntervals[interval];
  return nextMs <= untilMs ? cursorOf(nextMs) : null;
};
