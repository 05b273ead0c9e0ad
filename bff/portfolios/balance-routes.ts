import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ChangeHeaders } from '@tickfolio/api/fields';
import {
  BalancesAnswer,
  FundAnswer,
  FundBody,
  PortfolioPath,
  TransferAnswer,
  TransferBody,
} from '@tickfolio/api/portfolios';
import { problems } from '@tickfolio/api/problem';
import type * as wire from '@tickfolio/gen/portfolio/v1';
import { add, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import type { FastifyRequest } from 'fastify';
import { requireSignIn } from '../api/sign-in.js';
import { createAskers } from './askers.js';
import { common, kindOf, type PortfolioRoutesOptions } from './portfolio-routes.js';

const repeats =
  'Repeated with the same `Idempotency-Key` within 7 days it changes nothing more and is answered the same.';
/** Never the request id, which clients may repeat. */
const keyOf = ({ headers }: FastifyRequest): string => {
  const { 'idempotency-key': key } = headers;
  return typeof key === 'string' ? key : randomUUID();
};
const answerOf = ({ asset, via, available, reserved }: wire.Balance) => {
  const total = formatDecimal(add(parseDecimal(available), parseDecimal(reserved)));
  return { asset, via, available, reserved, total };
};

/** What is in portfolios. */
export const balanceRoutes: FastifyPluginAsyncTypebox<PortfolioRoutesOptions> = async (app, options) => {
  const { verify, client } = options;
  const { askerOf, writerOf } = createAskers(options);
  app.addHook('preValidation', requireSignIn(verify));

  app.get(
    '/:id/balances',
    {
      schema: {
        ...common,
        operationId: 'getBalances',
        summary: 'What is in a portfolio',
        params: PortfolioPath,
        response: { 200: BalancesAnswer, ...problems(401, 404, 503) },
      },
    },
    async (request) => {
      const asker = askerOf(request);
      const { baseCurrencyCode: baseCurrency, kind } = await client.get(asker, request.params.id);
      const { portfolioId, version, balances } = await client.balances(asker, request.params.id);
      return { portfolioId, kind: kindOf(kind), baseCurrency, version, balances: balances.map(answerOf) };
    },
  );

  app.post(
    '/:id/fund',
    {
      schema: {
        ...common,
        operationId: 'fundPortfolio',
        summary: 'Gives paper money, 10 times in 24 hours',
        description: repeats,
        params: PortfolioPath,
        headers: ChangeHeaders,
        body: FundBody,
        response: { 200: FundAnswer, ...problems(400, 401, 404, 409, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const { asset, quantity } = request.body;
      const given = { portfolioId: request.params.id, asset: asset.toUpperCase(), quantity };
      return client.fund(writerOf(request), { ...given, idempotencyKey: keyOf(request) });
    },
  );
};

/** Between portfolios. */
export const transferRoutes: FastifyPluginAsyncTypebox<PortfolioRoutesOptions> = async (app, options) => {
  const { verify, client } = options;
  const { writerOf } = createAskers(options);
  app.addHook('preValidation', requireSignIn(verify));

  app.post(
    '',
    {
      schema: {
        ...common,
        operationId: 'transfer',
        summary: 'Moves an asset from one portfolio to another of its kind',
        description: repeats,
        headers: ChangeHeaders,
        body: TransferBody,
        response: { 201: TransferAnswer, ...problems(400, 401, 404, 409, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { from: fromPortfolioId, to: toPortfolioId, asset, quantity, networkFee = '' } = request.body;
      const moved = { fromPortfolioId, toPortfolioId, asset: asset.toUpperCase(), quantity, networkFee };
      const made = await client.transfer(writerOf(request), { ...moved, idempotencyKey: keyOf(request) });
      return reply.code(201).send(made);
    },
  );
};
