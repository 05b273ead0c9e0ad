import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AccessTokenAnswer,
  CookieAnswer,
  LoggedOutAnswer,
  LoggedOutEverywhereAnswer,
  LoginAnswer,
  LoginBody,
  RegisterBody,
  RegisteredAnswer,
} from '@tickfolio/api/accounts';
import { ChangeHeaders } from '@tickfolio/api/fields';
import { problems } from '@tickfolio/api/problem';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyRequest } from 'fastify';
import type { Origins } from '../api/origins.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { Portfolios } from '../portfolio/portfolios.js';
import type { Notices } from '../replicas/notices.js';
import type { AuthClient } from './auth-client.js';
import { createRelyingPartyOf, type RelyingPartyOptions } from './relying-party.js';
import { createSessionCookie } from './session-cookie.js';
import type { SessionGate } from './session-gate.js';
import { type AnswerTokens, metaOf, signInRoutes } from './sign-in-routes.js';
import type { TokenClock } from './token-clock.js';

export interface AuthRoutesOptions extends RelyingPartyOptions {
  readonly auth: AuthClient;
  readonly portfolios: Pick<Portfolios, 'createProfile'>;
  readonly notices: Notices;
  readonly verify: VerifyAccessToken;
  readonly gate: Pick<SessionGate, 'ask'>;
  readonly tokenClock: Pick<TokenClock, 'now'>;
  readonly origins: Origins;
  /** Looks at every request, refused ones too. */
  readonly watch: (request: FastifyRequest) => void;
  /** Where the browser sees these routes. */
  readonly publicPath: string;
  /** False only where the page is served without TLS on the developer's own machine. */
  readonly secureCookie: boolean;
  /** How many calls one address may make in a window, for each route. */
  readonly maxCalls: number;
  readonly windowMs: number;
}

const tags = ['auth'];

export const authRoutes: FastifyPluginAsyncTypebox<AuthRoutesOptions> = async (app, options) => {
  const {
    auth,
    portfolios,
    notices,
    verify,
    gate,
    tokenClock,
    origins,
    watch,
    publicPath,
    secureCookie,
    maxCalls,
    windowMs,
  } = options;
  const config = { rateLimit: { max: maxCalls, timeWindow: windowMs } };
  const cookie = createSessionCookie(publicPath, secureCookie);

  app.addHook('onRequest', async (request) => {
    watch(request);
    origins.check(request);
  });

  const answerTokens: AnswerTokens = (request, reply, tokens) => {
    for (const sessionId of tokens.endedSessionIds) notices.sessionEnded(sessionId);
    // Longer than the token lives: where the answer with its successor is lost, it is all that the browser has, and
    // still good.
    cookie.set(reply, tokens.refreshToken, tokens.renewableForMs || tokens.refreshExpiresAtMs - tokenClock.now());
    origins.remember(request, reply);
    reply.header('cache-control', 'no-store');
    return { accessToken: tokens.accessToken };
  };
  await app.register(signInRoutes, { auth, notices, config, answerTokens, partyOf: createRelyingPartyOf(options) });

  app.post(
    '/register',
    {
      config,
      schema: {
        tags,
        operationId: 'register',
        summary: 'Creates an account',
        description:
          'Repeated with the same `Idempotency-Key`, name and password it is answered the same, where the first answer was lost; with another name or password 409.',
        headers: ChangeHeaders,
        body: RegisterBody,
        response: { 201: RegisteredAnswer, ...problems(400, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { name, password, recoveryCodes: withRecoveryCodes = false } = request.body;
      const key = request.headers['idempotency-key'] ?? '';
      const made = await auth.register({ name, password, key, withRecoveryCodes }, metaOf(request));
      const { userId, recoveryCodes } = made;
      try {
        await portfolios.createProfile({ userId, userName: name });
      } catch (err) {
        request.log.warn({ err, userId }, 'the profile of a new account could not be created; its first use will');
      }
      reply.code(201).header('cache-control', 'no-store');
      return {
        message: 'user created successfully',
        ...(withRecoveryCodes ? { recoveryCodes: [...recoveryCodes] } : {}),
      };
    },
  );

  app.post(
    '/login',
    {
      config,
      schema: {
        tags,
        operationId: 'logIn',
        summary: 'Signs in',
        description: 'An account with an authenticator app gets a ticket for `/auth/second-factor` instead of tokens.',
        body: LoginBody,
        response: { 200: LoginAnswer, ...problems(400, 401, 403, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const answer = await auth.login(request.body.name, request.body.password, metaOf(request));
      if (!('ticket' in answer)) return answerTokens(request, reply, answer);
      reply.header('cache-control', 'no-store');
      return { secondFactor: answer };
    },
  );

  app.post(
    '/refresh',
    {
      config,
      schema: {
        tags,
        operationId: 'refreshTokens',
        summary: 'Exchanges the refresh token in the cookie for new tokens',
        security: [{ refreshCookie: [] }],
        description: 'Only 401 ends the session; after 409 and 429 it goes on with the same cookie.',
        response: { 200: AccessTokenAnswer, ...problems(401, 403, 409, 429, 503) },
      },
    },
    async (request, reply) => {
      const refreshToken = cookie.read(request);
      if (!refreshToken) throw new AppError('unauthenticated', 'There is no refresh token; sign in.');
      try {
        return answerTokens(request, reply, await auth.refresh(refreshToken, metaOf(request)));
      } catch (err) {
        if (err instanceof AppError && err.code === 'unauthenticated') {
          cookie.clear(reply);
          // The token was used before, so somebody has a copy: whoever holds the session's sockets leaves too.
          if (err.facts.endedSession) notices.sessionEnded(err.facts.endedSession);
        }
        throw err;
      }
    },
  );

  app.get(
    '/cookie',
    {
      config,
      schema: {
        tags,
        operationId: 'getCookieState',
        summary: 'Whether the browser kept the cookie of its session',
        description: 'For a page that wants to say so when a reload will sign out.',
        response: { 200: CookieAnswer, ...problems(403, 429) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { kept: cookie.read(request) !== undefined, needsHttps: secureCookie };
    },
  );

  app.post(
    '/logout',
    {
      config,
      schema: {
        tags,
        operationId: 'logOut',
        summary: 'Ends the session: its refresh token and its open sockets',
        security: [{ refreshCookie: [] }],
        response: { 200: LoggedOutAnswer, ...problems(403, 429, 503) },
      },
    },
    async (request, reply) => {
      const refreshToken = cookie.read(request);
      if (refreshToken) {
        const ended = await auth.logout(refreshToken, metaOf(request));
        if (ended.sessionId) notices.sessionEnded(ended.sessionId);
      }
      cookie.clear(reply);
      return { message: 'logged out successfully' };
    },
  );

  app.post(
    '/logout-everywhere',
    {
      config,
      // After the limit of calls, which counts refused ones too.
      preHandler: [
        requireSignIn(verify),
        // A session that ended has no say over the others, also where this replica did not hear of its end.
        async (request) => gate.ask(signedIn(request).sessionId, request.id),
      ],
      schema: {
        tags,
        operationId: 'logOutEverywhere',
        summary: 'Ends all sessions of the user, on all devices: their refresh tokens and their open sockets',
        security: [{ bearerAuth: [] }],
        response: { 200: LoggedOutEverywhereAnswer, ...problems(401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      const ended = await auth.logoutEverywhere(signedIn(request).userId, metaOf(request));
      for (const sessionId of ended) notices.sessionEnded(sessionId);
      cookie.clear(reply);
      return { message: 'logged out everywhere successfully' };
    },
  );
};
