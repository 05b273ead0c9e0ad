import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FillsAnswer, OrderEventsAnswer, PartsQuery, ProofAnswer } from '@tickfolio/api/order-parts';
import { OrderPath } from '@tickfolio/api/orders';
import { problems } from '@tickfolio/api/problem';
import type { Static } from 'typebox';
import { readLimit } from '../api/query-values.js';
import { requireSignIn } from '../api/sign-in.js';
import { createAskers } from '../portfolios/askers.js';
import { fillAnswerOf, proofAnswerOf } from './order-answers.js';
import { common, maxPageSize, type OrderRoutesOptions, pageSize } from './order-routes.js';

type EventAnswer = Static<typeof OrderEventsAnswer>['events'][number];

/** What filled an order, what became of it, and the proof of both. */
export const orderPartRoutes: FastifyPluginAsyncTypebox<OrderRoutesOptions> = async (app, options) => {
  const { verify, client } = options;
  const { askerOf } = createAskers(options);
  app.addHook('preValidation', requireSignIn(verify));
  const pageOf = ({ limit, cursor = '' }: Static<typeof PartsQuery>) => ({
    limit: readLimit(limit, pageSize, maxPageSize),
    cursor,
  });

  app.get(
    '/:id/fills',
    {
      schema: {
        ...common,
        operationId: 'listFills',
        summary: 'What filled an order, the oldest first',
        params: OrderPath,
        querystring: PartsQuery,
        response: { 200: FillsAnswer, ...problems(400, 401, 404, 503) },
      },
    },
    async (request) => {
      const asked = { orderId: request.params.id, ...pageOf(request.query) };
      const { fills, next } = await client.listFills(askerOf(request), asked);
      return { fills: fills.map(fillAnswerOf), next: next || null };
    },
  );

  app.get(
    '/:id/events',
    {
      schema: {
        ...common,
        operationId: 'listOrderEvents',
        summary: 'What became of an order, the oldest first',
        description: 'Each as it stands in the event log.',
        params: OrderPath,
        querystring: PartsQuery,
        response: { 200: OrderEventsAnswer, ...problems(400, 401, 404, 503) },
      },
    },
    async (request) => {
      const asked = { orderId: request.params.id, ...pageOf(request.query) };
      const { events, next } = await client.listEvents(askerOf(request), asked);
      return { events: events.map((event) => JSON.parse(event) as EventAnswer), next: next || null };
    },
  );

  app.get(
    '/:id/proof',
    {
      schema: {
        ...common,
        operationId: 'getOrderProof',
        summary: 'By which public trades an order was filled',
        description: 'Anybody can ask the exchange for these trades, and reckon the fills by the rules again.',
        params: OrderPath,
        response: { 200: ProofAnswer, ...problems(401, 404, 503) },
      },
    },
    async (request) => proofAnswerOf(await client.proof(askerOf(request), request.params.id)),
  );
};
