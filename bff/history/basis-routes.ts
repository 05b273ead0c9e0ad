import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { BasisAnswer, BasisQuery } from '@tickfolio/api/history';
import { problems } from '@tickfolio/api/problem';
import { AppError } from '@tickfolio/lib/errors';
import { requireSignIn, signedIn } from '../api/sign-in.js';
import { requireKind } from '../market/portfolio-value.js';
import { type HistoryRoutesOptions, pricesThen } from './history-routes.js';

const quarterMs = 15 * 60_000;
const maxAgoMs = 31 * 86_400_000;

/** What prices were at a moment that somebody counts changes from: midnight where they live, a week or a month ago. */
export const basisRoutes: FastifyPluginAsyncTypebox<HistoryRoutesOptions> = async (app, options) => {
  const { verify, inTurn, inArchiveTurn, archive, held, kind, clock } = options;
  app.addHook('onRequest', requireSignIn(verify));
  app.get(
    '/profile/basis',
    {
      schema: {
        tags: ['profile'],
        security: [{ bearerAuth: [] }],
        operationId: 'getBasis',
        summary: 'What assets that are held cost at a moment, to count changes from',
        querystring: BasisQuery,
        response: { 200: BasisAnswer, ...problems(400, 401, 404, 409, 429, 503) },
      },
    },
    async (request) => {
      const atMs = Date.parse(request.query.at);
      const nowMs = clock.now();
      // Moments that many share, so that one reading does for all who ask.
      if (atMs % quarterMs !== 0 || atMs > nowMs || nowMs - atMs > maxAgoMs)
        throw new AppError('invalid_argument', 'Ask for a full quarter of an hour of the last 31 days.');
      const coins = await inTurn(request, () => held(signedIn(request).userId, request.query.portfolioId));
      const symbols = [...new Set(coins.flatMap(({ symbol, quoteAsset }) => [symbol, `${quoteAsset}usdt`]))];
      const simulated = requireKind(kind()) === 'simulated';
      const prices = await inArchiveTurn(request, () => archive.pricesAt(atMs, symbols, simulated));
      return { At: new Date(atMs).toISOString(), Prices: pricesThen(prices, coins) };
    },
  );
};
