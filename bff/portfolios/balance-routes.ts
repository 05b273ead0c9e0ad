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
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { requireSignIn } from '../api/sign-in.js';
import type { LookUpPrices } from '../holdings/moment-prices.js';
import { valueBalances } from '../holdings/valued-balances.js';
import { allPortfolios, type Views, viewKey } from '../holdings/views.js';
import { createAskers } from './askers.js';
import { common, keyOf, kindOf, type PortfolioRoutesOptions } from './portfolio-routes.js';

const repeats =
  'Repeated with the same `Idempotency-Key` within 7 days it changes nothing more and is answered the same.';

export interface BalanceRoutesOptions extends PortfolioRoutesOptions {
  /** What is kept here of what people own. */
  readonly views: Pick<Views, 'all' | 'own' | 'readPortfolios'>;
  readonly lookUp: LookUpPrices;
}

/** What is in portfolios. */
export const balanceRoutes: FastifyPluginAsyncTypebox<BalanceRoutesOptions> = async (app, options) => {
  const { verify, client, views, lookUp } = options;
  const { askerOf, writerOf } = createAskers(options);
  app.addHook('preValidation', requireSignIn(verify));

  app.get(
    '/:id/balances',
    {
      schema: {
        ...common,
        operationId: 'getBalances',
        summary: 'What is in a portfolio, or in `all`, and what it is worth',
        description: 'Paper money at made-up prices has no values where prices are real, and the other way round.',
        params: PortfolioPath,
        response: { 200: BalancesAnswer, ...problems(401, 404, 503) },
      },
    },
    async (request) => {
      const asker = askerOf(request);
      if (request.params.id === allPortfolios) {
        const { version, balances } = await views.all(asker.userId);
        const about = { portfolioId: allPortfolios, kind: allPortfolios, baseCurrency: 'USDT', version } as const;
        return { ...about, ...(await valueBalances(balances, lookUp)) };
      }
      const ofOwned = defaultPortfolioId(asker.userId);
      // All of that is kept here, whether its service answers or not.
      if (['default', ofOwned].includes(request.params.id.toLowerCase())) {
        const key = viewKey(asker.userId, ofOwned);
        const [{ version, balances }, shown] = await Promise.all([
          views.own(asker.userId),
          views.readPortfolios([key]),
        ]);
        const about = { portfolioId: ofOwned, kind: 'tracking', version } as const;
        const baseCurrency = shown.get(key)?.baseCurrency ?? 'USDT';
        return { ...about, baseCurrency, ...(await valueBalances(balances, lookUp)) };
      }
      const found = await client.get(asker, request.params.id);
      const { id: portfolioId, baseCurrencyCode: baseCurrency } = found;
      const kind = kindOf(found.kind);
      const { version, balances } = await client.balances(asker, portfolioId);
      const isOfOtherPrices = kind === 'paper' && asker.simulated !== undefined && asker.simulated !== found.simulated;
      const valued = await valueBalances(balances, isOfOtherPrices ? undefined : lookUp);
      return { portfolioId, kind, baseCurrency, version, ...valued };
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
        response: { 200: FundAnswer, ...problems(400, 401, 404, 409, 413, 415, 422, 429, 503, 504) },
      },
    },
    async (request) => {
      const { asset, quantity } = request.body;
      const given = { portfolioId: request.params.id, asset: asset.toUpperCase(), quantity };
      const idempotencyKey = keyOf(request);
      return client.fund(writerOf(request, idempotencyKey), { ...given, idempotencyKey });
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
        summary: 'Moves an asset from one portfolio of paper money to another',
        description: repeats,
        headers: ChangeHeaders,
        body: TransferBody,
        response: { 201: TransferAnswer, ...problems(400, 401, 404, 409, 413, 415, 429, 503, 504) },
      },
    },
    async (request, reply) => {
      const { from: fromPortfolioId, to: toPortfolioId, asset, quantity, networkFee = '' } = request.body;
      const moved = { fromPortfolioId, toPortfolioId, asset: asset.toUpperCase(), quantity, networkFee };
      const idempotencyKey = keyOf(request);
      const made = await client.transfer(writerOf(request, idempotencyKey), { ...moved, idempotencyKey });
      return reply.code(201).send(made);
    },
  );
};
