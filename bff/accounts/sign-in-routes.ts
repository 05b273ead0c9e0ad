import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  PasskeyLoginBody,
  PasskeyOptionsAnswer,
  RecoverBody,
  RecoveredAnswer,
  SecondFactorBody,
} from '@tickfolio/api/account';
import { AccessTokenAnswer } from '@tickfolio/api/accounts';
import { problems } from '@tickfolio/api/problem';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Notices } from '../replicas/notices.js';
import type { AuthClient, CallMeta, TokenPair } from './auth-client.js';
import type { RelyingPartyOf } from './relying-party.js';

/** Puts the refresh token into the cookie. @returns what the body has */
export type AnswerTokens = (
  request: FastifyRequest,
  reply: FastifyReply,
  tokens: TokenPair,
) => { readonly accessToken: string };

export interface SignInRoutesOptions {
  readonly auth: AuthClient;
  readonly notices: Pick<Notices, 'sessionEnded'>;
  readonly partyOf: RelyingPartyOf;
  readonly answerTokens: AnswerTokens;
  /** Bounds the calls of one address to one route. */
  readonly config: { readonly rateLimit: { readonly max: number; readonly timeWindow: number } };
}

export const metaOf = ({ id, ip, headers }: FastifyRequest): CallMeta => ({
  requestId: id,
  clientAddress: ip,
  userAgent: headers['user-agent'] ?? '',
});

const tags = ['auth'];

/** The ways to sign in besides a password alone. */
export const signInRoutes: FastifyPluginAsyncTypebox<SignInRoutesOptions> = async (app, options) => {
  const { auth, notices, partyOf, answerTokens, config } = options;

  app.post(
    '/second-factor',
    {
      config,
      schema: {
        tags,
        operationId: 'giveSecondFactor',
        summary: 'Signs in with the second factor of a login',
        description:
          'After 401 with the reason `ticket-over` one logs in again; after `wrong-code` the ticket is still good.',
        body: SecondFactorBody,
        response: { 200: AccessTokenAnswer, ...problems(400, 401, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { ticket, kind, code } = request.body;
      return answerTokens(request, reply, await auth.secondFactor(ticket, kind, code, metaOf(request)));
    },
  );

  app.post(
    '/recover',
    {
      config,
      schema: {
        tags,
        operationId: 'recoverAccount',
        summary: 'Sets a new password by a recovery code, and ends all sessions',
        description: 'A code works once. An authenticator app stays: the next login asks for it, or for another code.',
        body: RecoverBody,
        response: { 200: RecoveredAnswer, ...problems(400, 401, 403, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const { name, code, password } = request.body;
      const { sessionIds, recoveryCodesLeft } = await auth.recover(name, code, password, metaOf(request));
      for (const sessionId of sessionIds) notices.sessionEnded(sessionId);
      return { message: 'password changed successfully', recoveryCodesLeft };
    },
  );

  app.post(
    '/passkey/options',
    {
      config,
      schema: {
        tags,
        operationId: 'beginPasskeyLogin',
        summary: 'What a browser needs to sign in with a passkey, whosever it is',
        response: { 200: PasskeyOptionsAnswer, ...problems(403, 409, 429, 503) },
      },
    },
    async (request, reply) => {
      const { ticket, optionsJson } = await auth.beginPasskeyLogin(partyOf(request), metaOf(request));
      reply.header('cache-control', 'no-store');
      return { ticket, options: JSON.parse(optionsJson) as Record<string, unknown> };
    },
  );

  app.post(
    '/passkey/verify',
    {
      config,
      schema: {
        tags,
        operationId: 'logInWithPasskey',
        summary: 'Signs in with a passkey, which is both factors',
        body: PasskeyLoginBody,
        response: { 200: AccessTokenAnswer, ...problems(400, 401, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { ticket, response } = request.body;
      const responseJson = JSON.stringify(response);
      return answerTokens(
        request,
        reply,
        await auth.loginWithPasskey(ticket, responseJson, partyOf(request), metaOf(request)),
      );
    },
  );
};
