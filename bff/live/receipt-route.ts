import { PortfolioPath } from '@tickfolio/api/portfolios';
import { problems } from '@tickfolio/api/problem';
import { PortfolioReceipt } from '@tickfolio/api/receipt';
import type { FastifyPluginAsync } from 'fastify';
import { requireSignIn, signedIn } from '../api/sign-in.js';
import { type FindView, requireView } from '../holdings/find-view.js';
import type { FrameRouteOptions } from './frame-route.js';
import { readOnce } from './one-reading.js';

export interface ReceiptRouteOptions extends FrameRouteOptions {
  readonly find: FindView;
}

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
        const of = await requireView(find, owner.userId, request.params.id);
        return readOnce(reading, owner, (viewing) => viewing.portfolioReceipt(), of);
      });
    },
  );
};
