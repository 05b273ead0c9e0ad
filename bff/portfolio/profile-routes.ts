import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ProfileAnswer, ProfileCreatedAnswer } from '@tickfolio/api/portfolio';
import { problems } from '@tickfolio/api/problem';
import type { ReadInTurn } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import { answerCoin } from './coin-routes.js';
import type { Portfolios } from './portfolios.js';

export interface ProfileRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly inTurn: ReadInTurn;
  readonly portfolios: Portfolios;
}

const common = { tags: ['profile'], security: [{ bearerAuth: [] }] };

export const profileRoutes: FastifyPluginAsyncTypebox<ProfileRoutesOptions> = async (
  app,
  { verify, inTurn, portfolios },
) => {
  app.addHook('onRequest', requireSignIn(verify));

  app.get(
    '',
    {
      schema: {
        ...common,
        operationId: 'getProfile',
        summary: 'The portfolio',
        response: { 200: ProfileAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request) => {
      const owner = signedIn(request);
      const { version, coins, asOf } = await inTurn(request, () => portfolios.read(owner));
      const newest = asOf ? { AsOf: asOf.toISOString() } : {};
      return { ID: owner.userId, Name: owner.userName, Coins: coins.map(answerCoin), Version: version, ...newest };
    },
  );

  app.post(
    '',
    {
      schema: {
        ...common,
        operationId: 'createProfile',
        summary: 'Creates the portfolio; harmless when it is there',
        response: { 201: ProfileCreatedAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request, reply) => {
      await inTurn(request, () => portfolios.createProfile(signedIn(request)));
      reply.code(201);
      return { message: 'profile created successfully' };
    },
  );
};
