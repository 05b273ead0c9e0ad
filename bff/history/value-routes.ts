import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { hasAlready } from '@tickfolio/lib/http';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { moment, problems, rangeQuery, usdt } from '../api/contract.js';
import type { ReadInTurn } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type Kind, requireKind } from '../market/portfolio-value.js';
import type { ValueHistory } from './value-history.js';
import { type ValueRange, valueRanges } from './value-ranges.js';

export interface ValueRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly inTurn: ReadInTurn;
  readonly history: Pick<ValueHistory, 'chart'>;
  /** Of the prices that arrive now; undefined while nobody knows. */
  readonly kind: () => Kind | undefined;
}

const lacked = (description: string) =>
  Type.Optional(Type.Array(Type.String({ examples: ['tornusdt'] }), { description: `${description}; left out where there are none` }));
const ValueAnswer = Type.Object(
  {
    Range: Type.String({ examples: ['24h'] }),
    StepSeconds: Type.Integer({ description: 'how far apart points are at most where nothing is missing', examples: [300] }),
    Points: Type.Array(
      Type.Object({
        Time: moment,
        Value: usdt,
        Missing: lacked('coins without any price, which are not in the value'),
        Old: lacked('coins at a price that stood still: delisted, halted, or their prices did not arrive'),
      }),
    ),
  },
  { description: 'What the portfolio was worth: the last value of every step, oldest first; steps without any are left out.' },
);
const query = Type.Object({
  ...rangeQuery(Object.keys(valueRanges), '24h').properties,
  after: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'only what is later, as the time of the newest point of before',
      examples: ['2026-01-27T10:00:00.000Z'],
    }),
  ),
});

/** What portfolios were worth, from the BFF's own records. */
export const valueRoutes: FastifyPluginAsyncTypebox<ValueRoutesOptions> = async (app, { verify, inTurn, history, kind }) => {
  app.addHook('onRequest', requireSignIn(verify));
  app.get(
    '/api/v1/profile/value',
    {
      schema: {
        tags: ['profile'],
        security: [{ bearerAuth: [] }],
        operationId: 'getValueHistory',
        summary: 'What the portfolio was worth over time',
        description:
          'Its ETag stays until there is a new point, as a rule once a step; ask with `If-None-Match`, or with `after` for what is new.',
        querystring: query,
        response: { 200: ValueAnswer, ...problems(400, 401, 429, 503) },
      },
    },
    (request, reply) =>
      inTurn(request, async () => {
        const range = (request.query.range ?? '24h') as ValueRange;
        const { stepMs, revision, points } = await history.chart(requireKind(kind()), signedIn(request).userId, range);
        const etag = `"${revision}"`;
        // Nothing of anybody lies on a disk; it is for programs that keep the answer themselves.
        reply.header('etag', etag).header('cache-control', 'no-store').header('vary', 'authorization');
        if (hasAlready(request.headers['if-none-match'], etag)) return (reply as FastifyReply).code(304).send();
        const found = await points(request.query.after === undefined ? undefined : Date.parse(request.query.after));
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
