import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ValueAnswer, ValueQuery } from '@tickfolio/api/history';
import { problems } from '@tickfolio/api/problem';
import { hasAlready } from '@tickfolio/lib/http';
import type { FastifyReply } from 'fastify';
import { readMoment } from '../api/query-values.js';
import type { ReadInTurn } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type Kind, requireKind } from '../market/portfolio-value.js';
import type { ValueHistory } from './value-history.js';

export interface ValueRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly inTurn: ReadInTurn;
  readonly history: Pick<ValueHistory, 'chart'>;
  /** Of the prices that arrive now; undefined while nobody knows. */
  readonly kind: () => Kind | undefined;
}

/** What portfolios were worth, from the BFF's own records. */
export const valueRoutes: FastifyPluginAsyncTypebox<ValueRoutesOptions> = async (
  app,
  { verify, inTurn, history, kind },
) => {
  app.addHook('onRequest', requireSignIn(verify));
  app.get(
    '/profile/value',
    {
      schema: {
        tags: ['profile'],
        security: [{ bearerAuth: [] }],
        operationId: 'getValueHistory',
        summary: 'What the portfolio was worth over time',
        description:
          'Its ETag stays until there is a new point, as a rule once a step; ask with `If-None-Match`, or with `after` for what is new.',
        querystring: ValueQuery,
        response: { 200: ValueAnswer, ...problems(400, 401, 429, 503) },
      },
    },
    (request, reply) =>
      inTurn(request, async () => {
        const { range = '24h', after } = request.query;
        const { stepMs, revision, points } = await history.chart(requireKind(kind()), signedIn(request).userId, range);
        const etag = `"${revision}"`;
        // Nothing of anybody lies on a disk; it is for programs that keep the answer themselves.
        reply.header('etag', etag).header('cache-control', 'no-store').header('vary', 'authorization');
        if (hasAlready(request.headers['if-none-match'], etag)) return (reply as FastifyReply).code(304).send();
        const found = await points(after === undefined ? undefined : readMoment('after', after));
        return {
          Range: range,
          StepSeconds: stepMs / 1_000,
          Points: found.map(({ atMs, value, missing, old }) => ({
            Time: new Date(atMs).toISOString(),
            Value: value,
            ...(missing ? { Missing: [...missing] } : {}),
            ...(old ? { Old: [...old] } : {}),
          })),
        };
      }),
  );
};
