import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { HeldValueAnswer, HeldValueQuery } from '@tickfolio/api/history';
import { problems } from '@tickfolio/api/problem';
import { etagOf, hasAlready } from '@tickfolio/lib/http';
import type { FastifyReply } from 'fastify';
import type { ReadInTurn } from '../../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../../api/sign-in.js';
import { type Kind, requireKind } from '../../market/portfolio-value.js';
import type { Portfolios } from '../../portfolio/portfolios.js';
import type { createHeldValues } from './held-values.js';

export interface HeldValueRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly inTurn: ReadInTurn;
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly heldValues: ReturnType<typeof createHeldValues>;
  /** Of the prices that arrive now; undefined while nobody knows. */
  readonly kind: () => Kind | undefined;
}

/** What today's holdings were worth before anybody recorded it. */
export const heldValueRoutes: FastifyPluginAsyncTypebox<HeldValueRoutesOptions> = async (
  app,
  { verify, inTurn, portfolios, heldValues, kind },
) => {
  app.addHook('onRequest', requireSignIn(verify));
  app.get(
    '/profile/value/held',
    {
      schema: {
        tags: ['profile'],
        security: [{ bearerAuth: [] }],
        operationId: 'getHeldValueHistory',
        summary: "What today's holdings would have been worth over time",
        description:
          "By the exchange's candles, as if what is held now had been held all the time: no record of what was, and to be drawn apart from one. The 60 most valuable symbols count.",
        querystring: HeldValueQuery,
        response: { 200: HeldValueAnswer, ...problems(400, 401, 429, 503) },
      },
    },
    async (request, reply) => {
      const range = request.query.range ?? '24h';
      const { userId } = signedIn(request);
      const known = requireKind(kind());
      const coins = await inTurn(request, async () => (await portfolios.readMany([userId])).get(userId) ?? []);
      const { stepMs, points, left } = await heldValues(userId, coins, range);
      const body = {
        Range: range,
        StepSeconds: stepMs / 1_000,
        Simulated: known === 'simulated',
        Points: points.map(({ atMs, value, missing }) => ({
          Time: new Date(atMs).toISOString(),
          Value: value,
          ...(missing.length > 0 ? { Missing: [...missing] } : {}),
        })),
        Left: [...left],
      };
      const etag = etagOf(JSON.stringify(body));
      reply.header('etag', etag).header('cache-control', 'no-store').header('vary', 'authorization');
      if (hasAlready(request.headers['if-none-match'], etag)) return (reply as FastifyReply).code(304).send();
      return body;
    },
  );
};
