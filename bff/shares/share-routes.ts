import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PortfolioPath } from '@tickfolio/api/portfolios';
import { problems } from '@tickfolio/api/problem';
import { MadeShareAnswer, ShareAnswer, ShareBody, SharePath, SharesAnswer } from '@tickfolio/api/shares';
import type { Share } from '@tickfolio/gen/portfolio/v1/share';
import { readMoment } from '../api/query-values.js';
import { requireSignIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type AskersOptions, createAskers } from '../portfolios/askers.js';
import { common } from '../portfolios/portfolio-routes.js';
import type { ShareClient } from './share-client.js';

export interface ShareRoutesOptions extends AskersOptions {
  readonly verify: VerifyAccessToken;
  readonly client: Pick<ShareClient, 'makeShare' | 'shares' | 'endShare'>;
}

const momentOf = (ms: number): string => new Date(ms).toISOString();
const answerOf = (share: Share | undefined): ShareAnswer => {
  if (!share) throw new Error('the portfolio service answered without a link');
  const { id, amounts, createdAtMs, expiresAtMs } = share;
  return { id, amounts, createdAt: momentOf(createdAtMs), expiresAt: momentOf(expiresAtMs) };
};

/** Links to a portfolio of who is signed in. */
export const shareRoutes: FastifyPluginAsyncTypebox<ShareRoutesOptions> = async (app, options) => {
  const { verify, client } = options;
  const { askerOf, writerOf } = createAskers(options);
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.addHook('preValidation', requireSignIn(verify));

  app.get(
    '/:id/shares',
    {
      schema: {
        ...common,
        operationId: 'listShares',
        summary: 'The links to a portfolio',
        params: PortfolioPath,
        response: { 200: SharesAnswer, ...problems(401, 404, 503) },
      },
    },
    async (request) => {
      const shares = await client.shares(askerOf(request), request.params.id);
      return { shares: shares.map(answerOf), next: null };
    },
  );

  app.post(
    '/:id/shares',
    {
      schema: {
        ...common,
        operationId: 'createShare',
        summary: 'Makes a link to a portfolio, 20 at most',
        description:
          'Who has the link sees the name of the portfolio and what it is made of, in percent, without an account; amounts only where `amounts` allows them. The token is told this once. Sent twice, it makes two.',
        params: PortfolioPath,
        body: ShareBody,
        response: { 201: MadeShareAnswer, ...problems(400, 401, 404, 409, 413, 415, 429, 503, 504) },
      },
    },
    async (request, reply) => {
      const { amounts = false, expiresAt } = request.body;
      const expiresAtMs = expiresAt === undefined ? undefined : readMoment('expiresAt', expiresAt);
      const plan = { portfolioId: request.params.id, amounts, expiresAtMs };
      const { share, token } = await client.makeShare(writerOf(request), plan);
      return reply.code(201).send({ ...answerOf(share), token });
    },
  );

  app.delete(
    '/:id/shares/:shareId',
    {
      schema: {
        ...common,
        operationId: 'endShare',
        summary: 'Ends a link for good',
        params: SharePath,
        response: { 200: ShareAnswer, ...problems(401, 404, 409, 429, 503, 504) },
      },
    },
    async (request) => {
      const { id, shareId } = request.params;
      return answerOf((await client.endShare(writerOf(request), id, shareId)).share);
    },
  );
};
