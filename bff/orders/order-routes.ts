import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CancelAllAnswer,
  CancelAllQuery,
  OrderAnswer,
  OrderBody,
  OrderPath,
  OrdersAnswer,
  OrdersQuery,
  orderAmounts,
  TestAnswer,
} from '@tickfolio/api/orders';
import { problems } from '@tickfolio/api/problem';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyRequest } from 'fastify';
import { readLimit, readTime } from '../api/query-values.js';
import { requireSignIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type FindView, requirePortfolio } from '../holdings/find-view.js';
import { allPortfolios } from '../holdings/views.js';
import { type AskersOptions, createAskers } from '../portfolios/askers.js';
import { orderAnswerOf } from './order-answers.js';
import { numberRefusal } from './order-refusals.js';
import type { NamedOrder, OrdersClient } from './orders-client.js';

export interface OrderRoutesOptions extends AskersOptions {
  readonly verify: VerifyAccessToken;
  readonly client: OrdersClient;
  readonly findView: FindView;
  /** Where clients see a path of this server. */
  readonly atPublic: (path: string) => string;
}

export const common = { tags: ['orders'], security: [{ bearerAuth: [] }] };
export const [pageSize, maxPageSize] = [100, 500];

/** Before the form is looked at, which would only say that a text is wanted. @throws AppError invalid_argument */
const requireTexts = async ({ body }: FastifyRequest): Promise<void> => {
  if (typeof body !== 'object' || body === null) return;
  const field = orderAmounts.find((name) => typeof (body as Readonly<Record<string, unknown>>)[name] === 'number');
  if (field !== undefined) throw numberRefusal(field);
};

const orderOf = (body: OrderBody): NamedOrder => {
  const { portfolioId, symbol, side, type, timeInForce, clientOrderId = randomUUID() } = body;
  const { quantity, quoteQuantity, price, stopPrice, icebergQuantity } = body;
  const amounts = { quantity, quoteQuantity, price, stopPrice, icebergQuantity };
  return { portfolioId, symbol, side, type, timeInForce, ...amounts, clientOrderId };
};

const required = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new AppError('internal', `The orders service answered without ${what}.`);
  return value;
};

/** Orders of who is signed in. */
export const orderRoutes: FastifyPluginAsyncTypebox<OrderRoutesOptions> = async (app, options) => {
  const { verify, client, findView, atPublic } = options;
  const { askerOf, writerOf } = createAskers(options);
  /** Undefined for all. Somebody else's is as if it were not there, not one without orders. */
  const ownOf = async (request: FastifyRequest, portfolioId: string | undefined): Promise<string | undefined> => {
    if (portfolioId === undefined || portfolioId.toLowerCase() === allPortfolios) return undefined;
    await requirePortfolio(findView, askerOf(request).userId, portfolioId);
    return portfolioId;
  };
  app.addHook('preValidation', requireSignIn(verify));

  app.post(
    '',
    {
      preValidation: requireTexts,
      schema: {
        ...common,
        operationId: 'placeOrder',
        summary: 'Places an order at paper money',
        description:
          'It is answered once it is decided whether what it needs is kept for it; 202 where that takes longer than 2 s, and `Location` says where it is read. Sent again with the same `clientOrderId` it is answered with the one order: 200, or 409 where that was refused.',
        body: OrderBody,
        response: {
          200: OrderAnswer,
          201: OrderAnswer,
          202: OrderAnswer,
          ...problems(400, 401, 404, 409, 413, 415, 422, 429, 503, 504),
        },
      },
    },
    async (request, reply) => {
      const { order, repeatedRequest, decided } = await client.place(
        writerOf(request, request.body.clientOrderId),
        orderOf(request.body),
      );
      const answer = orderAnswerOf(required(order, 'an order'));
      if (!decided) reply.header('location', atPublic(`/api/v1/orders/${answer.id}`));
      return reply.code(decided ? (repeatedRequest ? 200 : 201) : 202).send(answer);
    },
  );

  app.post(
    '/test',
    {
      preValidation: requireTexts,
      schema: {
        ...common,
        operationId: 'testOrder',
        summary: 'Says what placing an order would do, without doing it',
        description: 'It is refused as placing it would be.',
        body: OrderBody,
        response: { 200: TestAnswer, ...problems(400, 401, 404, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request) => {
      const { reserve, estimatedFee } = await client.test(writerOf(request), orderOf(request.body));
      return { reserve: required(reserve, 'an amount'), estimatedFee: required(estimatedFee, 'a fee') };
    },
  );

  app.get(
    '',
    {
      schema: {
        ...common,
        operationId: 'listOrders',
        summary: 'Orders, the newest first',
        querystring: OrdersQuery,
        response: { 200: OrdersAnswer, ...problems(400, 401, 404, 503) },
      },
    },
    async (request) => {
      const { symbol, status, from, to, limit, cursor = '' } = request.query;
      const portfolioId = await ownOf(request, request.query.portfolioId);
      const { orders, next } = await client.list(askerOf(request), {
        ...{ symbol, portfolioId, status, cursor },
        ...{ fromMs: readTime('from', from), toMs: readTime('to', to) },
        limit: readLimit(limit, pageSize, maxPageSize),
      });
      return { orders: orders.map(orderAnswerOf), next: next || null };
    },
  );

  app.get(
    '/:id',
    {
      schema: {
        ...common,
        operationId: 'getOrder',
        summary: 'One order',
        params: OrderPath,
        response: { 200: OrderAnswer, ...problems(401, 404, 503) },
      },
    },
    async (request) => orderAnswerOf(await client.get(askerOf(request), request.params.id)),
  );

  app.delete(
    '/:id',
    {
      schema: {
        ...common,
        operationId: 'cancelOrder',
        summary: 'Ends an order',
        description:
          'What was filled stays so. 202 where it is not decided yet what is kept for it: then it ends with that, unfilled.',
        params: OrderPath,
        response: { 200: OrderAnswer, 202: OrderAnswer, ...problems(401, 404, 409, 429, 503, 504) },
      },
    },
    async (request, reply) => {
      const { order, decided } = await client.cancel(writerOf(request), request.params.id);
      return reply.code(decided ? 200 : 202).send(orderAnswerOf(required(order, 'an order')));
    },
  );

  app.delete(
    '',
    {
      schema: {
        ...common,
        operationId: 'cancelOrders',
        summary: 'Ends all open orders, 1,000 at most',
        description: 'Of one symbol or portfolio, or all.',
        querystring: CancelAllQuery,
        response: { 200: CancelAllAnswer, ...problems(400, 401, 404, 429, 503, 504) },
      },
    },
    async (request) => {
      const { symbol } = request.query;
      const portfolioId = await ownOf(request, request.query.portfolioId);
      return client.cancelAll(writerOf(request), { symbol, portfolioId });
    },
  );
};
