import { Frame } from '@tickfolio/api/frame';
import { problems } from '@tickfolio/api/problem';
import { Receipt } from '@tickfolio/api/receipt';
import type { FastifyPluginAsync } from 'fastify';
import type { ReadInTurn } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type OneReadingDeps, readOnce } from './one-reading.js';

export interface FrameRouteOptions extends OneReadingDeps {
  readonly verify: VerifyAccessToken;
  readonly inTurn: ReadInTurn;
}

/** One frame, for who cannot keep a WebSocket open, and how its total comes about: read anew, with the newest prices. */
export const frameRoute: FastifyPluginAsync<FrameRouteOptions> = async (app, { verify, inTurn, ...reading }) => {
  app.addHook('onRequest', requireSignIn(verify));
  const common = { tags: ['live'], security: [{ bearerAuth: [] }] };

  app.get(
    '/frame',
    {
      schema: {
        ...common,
        operationId: 'getFrame',
        summary: 'The live portfolio at this moment',
        description:
          'For where no WebSocket gets through; ask again every few seconds. It is what the WebSocket sends first.',
        response: { 200: Frame, ...problems(401, 429, 503) },
      },
    },
    async (request, reply) => {
      const text = await inTurn(request, () => readOnce(reading, signedIn(request), (viewing) => viewing.text()));
      reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').serializer(String);
      return reply.send(text);
    },
  );

  app.get(
    '/receipt',
    {
      schema: {
        ...common,
        operationId: 'getReceipt',
        summary: 'How the total of this moment comes about',
        description:
          'Every quantity with its price and the trade that made it, the prices that turn other quote assets into USDT, and the sums: all of one moment, to be computed again by whoever asks.',
        response: { 200: Receipt, ...problems(401, 429, 503) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return inTurn(request, () => readOnce(reading, signedIn(request), (viewing) => viewing.receipt()));
    },
  );
};
