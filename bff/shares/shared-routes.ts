import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '@tickfolio/api/problem';
import { SharedAnswer, SharedPath } from '@tickfolio/api/shares';
import type * as wire from '@tickfolio/gen/portfolio/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { IsGone } from '../erasure/erased-users.js';
import type { LookUpPrices } from '../holdings/moment-prices.js';
import { type Balance, valueBalances } from '../holdings/valued-balances.js';
import type { Views } from '../holdings/views.js';
import type { CallConfig } from '../own-account/asker.js';
import type { Asker, PortfolioClient } from '../portfolios/portfolio-client.js';
import { common, kindOf } from '../portfolios/portfolio-routes.js';
import type { ShareClient } from './share-client.js';
import { sharedPositions } from './shared-portfolio.js';

export interface SharedRoutesOptions {
  readonly client: Pick<ShareClient, 'openShare'> & Pick<PortfolioClient, 'balances'>;
  readonly views: Pick<Views, 'own'>;
  readonly lookUp: LookUpPrices;
  /** The portfolio service may not have heard of it yet, or no more since it was restored from a backup. */
  readonly isGone: IsGone;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  /** How often an address may ask: what it guesses counts too. */
  readonly config: CallConfig;
}

/** What a link leads to, for anybody who has it. */
export const sharedRoutes: FastifyPluginAsyncTypebox<SharedRoutesOptions> = async (app, options) => {
  const { client, views, lookUp, isGone, simulated, config } = options;
  /** What is owned is kept here, as it is for its owner. */
  const balancesOf = async (asker: Asker, { id, kind, isDefault }: wire.Portfolio): Promise<readonly Balance[]> => {
    const isOwned = isDefault && kind === 'tracking';
    return (isOwned ? await views.own(asker.userId) : await client.balances(asker, id)).balances;
  };
  // Also of refusals: nothing of it is kept on the way, handed on to where a link leads, or found by searching.
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' });
  });

  app.get(
    '/:token',
    {
      config,
      schema: {
        tags: common.tags,
        operationId: 'getSharedPortfolio',
        summary: 'What is in a shared portfolio, for who has its link',
        description:
          'Shares in percent, by the newest prices; amounts only where the link allows them. 404 all the same for what never was a link, ran out or was ended.',
        params: SharedPath,
        response: { 200: SharedAnswer, ...problems(404, 429, 503) },
      },
    },
    async (request) => {
      const { share, portfolio, userId } = await client.openShare(request.params.token, request.id);
      if (!share || !portfolio) throw new Error('the portfolio service answered without a portfolio');
      if (await isGone(userId)) throw new AppError('not_found', 'There is no such link.');
      const asker = { userId, simulated: simulated(), requestId: request.id };
      const balances = await balancesOf(asker, portfolio);
      const { name, isDefault, simulated: isMadeUp } = portfolio;
      const kind = kindOf(portfolio.kind);
      const isOfOtherPrices = kind === 'paper' && asker.simulated !== undefined && asker.simulated !== isMadeUp;
      // What is owned has no prices of its own: it is shown by those that are here.
      const byMadeUp = kind === 'paper' ? isMadeUp : asker.simulated === true;
      const valued = await valueBalances(balances, isOfOtherPrices ? undefined : lookUp);
      const { amounts, expiresAtMs } = share;
      const about = {
        name,
        kind,
        isDefault,
        simulated: byMadeUp,
        amounts,
        expiresAt: new Date(expiresAtMs).toISOString(),
      };
      return { ...about, ...sharedPositions(valued, amounts) };
    },
  );
};
