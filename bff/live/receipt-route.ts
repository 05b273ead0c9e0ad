import { PortfolioPath } from '@tickfolio/api/portfolios';
import { problems } from '@tickfolio/api/problem';
import { PortfolioReceipt } from '@tickfolio/api/receipt';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyPluginAsync } from 'fastify';
import { requireSignIn, signedIn } from '../api/sign-in.js';
import type { FindView, NotShown } from '../holdings/find-view.js';
import type { FrameRouteOptions } from './frame-route.js';
import { readOnce } from './one-reading.js';

export interface ReceiptRouteOptions extends FrameRouteOptions {
  readonly find: FindView;
}

/** As REST says why a portfolio is not shown. */
const refusalOf = ({ reason, detail }: NotShown): AppError => {
  if (reason === 'not-found') return new AppError('not_found', detail);
  if (reason === 'wrong-kind') return new AppError('failed_precondition', detail, { problem: 'wrong-kind' });
  return new AppError('unavailable', detail, { retryAfterMs: 2_000 });
};

/** How what a portfolio is worth comes about, of the same moment and rows as a frame of it. */
export const receiptRoute: FastifyPluginAsync<ReceiptRouteOptions> = async (app, options) => {
  const { verify, inTurn, find, ...reading } = options;
  app.addHook('onRequest', requireSignIn(verify));

  app.get<{ readonly Params: { readonly id: string } }>(
    '/:id/receipt',
    {
      schema: {
        tags: ['portfolios'],
        security: [{ bearerAuth: [] }],
        operationId: 'getPortfolioReceipt',
        summary: 'How what a portfolio, or `all`, is worth at this moment comes about',
        description:
          'As the receipt of the profile, with the cash: all of one moment, to be computed again by whoever asks.',
        params: PortfolioPath,
        response: { 200: PortfolioReceipt, ...problems(401, 404, 409, 429, 503) },
      },
    },
    async (request, reply) => {
      const owner = signedIn(request);
      reply.header('cache-control', 'no-store');
      return inTurn(request, async () => {
        const found = await find(owner.userId, request.params.id);
        if (found.kind === 'refused') throw refusalOf(found);
        return readOnce(reading, owner, (viewing) => viewing.portfolioReceipt(), found.of);
      });
    },
  );
};
