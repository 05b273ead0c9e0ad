import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ChangeHeaders } from '@tickfolio/api/fields';
import {
  NewPortfolioBody,
  PortfolioAnswer,
  PortfolioChangeBody,
  PortfolioPath,
  PortfoliosAnswer,
  PortfoliosQuery,
} from '@tickfolio/api/portfolios';
import { problems } from '@tickfolio/api/problem';
import type * as wire from '@tickfolio/gen/portfolio/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyRequest } from 'fastify';
import { readLimit } from '../api/query-values.js';
import { requireSignIn, type VerifyAccessToken } from '../api/sign-in.js';
import { type AskersOptions, createAskers } from './askers.js';
import type { KnowPortfolio } from './known-portfolios.js';
import type { PortfolioClient } from './portfolio-client.js';

export interface PortfolioRoutesOptions extends AskersOptions {
  readonly verify: VerifyAccessToken;
  readonly client: PortfolioClient;
  /** Writes down at once what the service has said; its event brings it in any case. */
  readonly know: KnowPortfolio;
}

const [pageSize, maxPageSize] = [50, 100];
export const common = { tags: ['portfolios'], security: [{ bearerAuth: [] }] };
/** Never the request id, which clients may repeat. */
export const keyOf = ({ headers }: FastifyRequest): string => {
  const { 'idempotency-key': key } = headers;
  return typeof key === 'string' ? key : randomUUID();
};
const momentOf = (ms: number): string => new Date(ms).toISOString();

export const kindOf = (kind: string) => kind as PortfolioAnswer['kind'];
/**
 * The service refuses a paper portfolio while nobody knows whether prices are real, and is not away for that. It passes
 * by itself, which a conflict does not. @throws AppError
 */
const laterOf = (thrown: unknown): never => {
  if (!(thrown instanceof AppError) || thrown.code !== 'failed_precondition') throw thrown;
  const { message, retryAfterMs } = thrown;
  throw retryAfterMs === undefined ? thrown : new AppError('unavailable', message, { retryAfterMs });
};
const answerOf = (portfolio: wire.Portfolio): PortfolioAnswer => ({
  id: portfolio.id,
  name: portfolio.name,
  kind: kindOf(portfolio.kind),
  baseCurrency: portfolio.baseCurrencyCode,
  costMethod: portfolio.costMethod as PortfolioAnswer['costMethod'],
  feeAsset: portfolio.feeAsset ?? null,
  isDefault: portfolio.isDefault,
  simulated: portfolio.simulated,
  version: portfolio.balanceVersion,
  createdAt: momentOf(portfolio.createdAtMs),
  archivedAt: portfolio.archivedAtMs === undefined ? null : momentOf(portfolio.archivedAtMs),
});

export const portfolioRoutes: FastifyPluginAsyncTypebox<PortfolioRoutesOptions> = async (app, options) => {
  const { verify, client, know } = options;
  const { askerOf, writerOf } = createAskers(options);
  app.addHook('preValidation', requireSignIn(verify));

  app.get(
    '',
    {
      schema: {
        ...common,
        operationId: 'listPortfolios',
        summary: 'The portfolios, the oldest first',
        querystring: PortfoliosQuery,
        response: { 200: PortfoliosAnswer, ...problems(400, 401, 503) },
      },
    },
    async (request) => {
      const { archived, limit, cursor = '' } = request.query;
      const page = { archived: archived === 'true', limit: readLimit(limit, pageSize, maxPageSize), cursor };
      const found = await client.list(askerOf(request), page);
      return { portfolios: found.portfolios.map(answerOf), next: found.next || null };
    },
  );

  app.post(
    '',
    {
      schema: {
        ...common,
        operationId: 'createPortfolio',
        summary: 'Makes a portfolio, 200 in 30 days',
        description:
          'At most 50 are not archived. Repeated with the same `Idempotency-Key` within 7 days it makes no second one and is answered the same.',
        headers: ChangeHeaders,
        body: NewPortfolioBody,
        response: { 201: PortfolioAnswer, ...problems(400, 401, 409, 413, 415, 422, 429, 503, 504) },
      },
    },
    async (request, reply) => {
      const { name, kind, baseCurrency: baseCurrencyCode, costMethod } = request.body;
      const plan = { name, kind, baseCurrencyCode, costMethod, idempotencyKey: keyOf(request) };
      const asker = writerOf(request, plan.idempotencyKey);
      const made = await client.create(asker, plan).catch(laterOf);
      await know(asker.userId, made);
      return reply.code(201).send(answerOf(made));
    },
  );

  app.get(
    '/:id',
    {
      schema: {
        ...common,
        operationId: 'getPortfolio',
        summary: 'One portfolio',
        params: PortfolioPath,
        response: { 200: PortfolioAnswer, ...problems(401, 404, 503) },
      },
    },
    async (request) => answerOf(await client.get(askerOf(request), request.params.id)),
  );

  app.patch(
    '/:id',
    {
      schema: {
        ...common,
        operationId: 'updatePortfolio',
        summary: 'Changes its name or settings',
        params: PortfolioPath,
        body: PortfolioChangeBody,
        response: { 200: PortfolioAnswer, ...problems(400, 401, 404, 409, 413, 415, 422, 429, 503, 504) },
      },
    },
    async (request) => {
      const { name, baseCurrency: baseCurrencyCode, costMethod, feeAsset } = request.body;
      const change = { name, baseCurrencyCode, costMethod, feeAsset: feeAsset === null ? '' : feeAsset };
      const portfolioId = request.params.id;
      const asker = writerOf(request);
      const changed = await client.update(asker, { portfolioId, ...change });
      await know(asker.userId, changed);
      return answerOf(changed);
    },
  );

  app.delete(
    '/:id',
    {
      schema: {
        ...common,
        operationId: 'archivePortfolio',
        summary: 'Archives a portfolio, for good',
        description: 'Its name is free again. Default portfolios stay. Repeating it is harmless.',
        params: PortfolioPath,
        response: { 200: PortfolioAnswer, ...problems(401, 404, 409, 429, 503, 504) },
      },
    },
    async (request) => {
      const asker = writerOf(request);
      const archived = await client.archive(asker, request.params.id);
      await know(asker.userId, archived);
      return answerOf(archived);
    },
  );
};
