import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DayTrailsAnswer } from '@tickfolio/api/history';
import { problems } from '@tickfolio/api/problem';
import { canonical } from '@tickfolio/lib/money';
import type { ReadTurns } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type Kind, requireKind } from '../market/portfolio-value.js';
import type { Portfolios } from '../portfolio/portfolios.js';
import type { PastPrices } from './past-prices.js';
import type { TickerBoard } from './ticker-board.js';

export interface DayTrailRoutesOptions extends Pick<ReadTurns, 'inTurn'> {
  readonly verify: VerifyAccessToken;
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly past: Pick<PastPrices, 'day' | 'isTold' | 'want'>;
  readonly board: Pick<TickerBoard, 'simulated'>;
  /** Of the prices that arrive now; undefined while nobody knows. */
  readonly kind: () => Kind | undefined;
  readonly exchangeNow: () => number;
}

/** The small pictures beside what is held: one answer for all of it, from what is known here of the whole exchange. */
export const dayTrailRoutes: FastifyPluginAsyncTypebox<DayTrailRoutesOptions> = async (app, options) => {
  const { verify, inTurn, portfolios, past, board, kind, exchangeNow } = options;
  app.addHook('onRequest', requireSignIn(verify));

  app.get(
    '/profile/day-trails',
    {
      schema: {
        tags: ['profile'],
        security: [{ bearerAuth: [] }],
        operationId: 'getDayTrails',
        summary: 'The last 24 hours of the prices of what is held, hour by hour',
        response: { 200: DayTrailsAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request) => {
      const { userId } = signedIn(request);
      const coins = (await inTurn(request, () => portfolios.readMany([userId]))).get(userId) ?? [];
      const simulated = requireKind(kind()) === 'simulated';
      const symbols = coins.map(({ symbol }) => symbol);
      past.want(symbols);
      // What is known of another kind of prices never stands beside those that arrive.
      const isSame = board.simulated === simulated;
      return {
        Simulated: simulated,
        Trails: symbols.map((symbol) => ({
          Symbol: symbol,
          Points: (isSame ? past.day(symbol, exchangeNow()) : []).map(({ atMs, price }) => ({
            Time: new Date(atMs).toISOString(),
            Price: canonical(price),
          })),
          Whole: isSame && past.isTold(symbol),
        })),
      };
    },
  );
};
