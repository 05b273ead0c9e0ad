import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AccountAnswer,
  IdPath,
  PasskeyOptionsAnswer,
  PasswordChangeBody,
  PasswordChangedAnswer,
  ReauthenticateBody,
  ReauthenticatedAnswer,
  SessionEndedAnswer,
  SessionsAnswer,
} from '@tickfolio/api/account';
import { problems } from '@tickfolio/api/problem';
import type { AskAccount } from '../accounts/account-client.js';
import type { RelyingPartyOf } from '../accounts/relying-party.js';
import { signedIn } from '../api/sign-in.js';
import type { Notices } from '../replicas/notices.js';
import { askerOf, type CallConfig, described, momentOf, momentOrNull } from './asker.js';

export interface SecurityRoutesOptions {
  readonly account: AskAccount;
  readonly config: CallConfig;
  readonly notices: Pick<Notices, 'sessionEnded'>;
  readonly partyOf: RelyingPartyOf;
}

/** The account itself, its password and its sessions. */
export const securityRoutes: FastifyPluginAsyncTypebox<SecurityRoutesOptions> = async (
  app,
  { account, config, notices, partyOf },
) => {
  app.get(
    '',
    {
      config,
      schema: {
        ...described,
        operationId: 'getAccount',
        summary: 'The account, and how one gets into it',
        response: { 200: AccountAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request) => {
      const overview = await account('getAccount', askerOf(request));
      return {
        id: overview.userId,
        name: overview.name,
        role: overview.role === 'operator' ? ('operator' as const) : null,
        createdAt: momentOf(overview.createdAtMs),
        passwordChangedAt: momentOrNull(overview.passwordChangedAtMs),
        recoveryCodesLeft: overview.recoveryCodesLeft,
        totp: overview.totp,
        passkeys: overview.passkeys,
        freshUntil: momentOf(overview.freshUntilMs),
      };
    },
  );

  app.post(
    '/password',
    {
      config,
      schema: {
        ...described,
        operationId: 'changePassword',
        summary: 'Changes the password, and ends all other sessions',
        description: 'Logins that wait for their second factor begin anew.',
        body: PasswordChangeBody,
        response: { 200: PasswordChangedAnswer, ...problems(400, 401, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const passwords = { oldPassword: request.body.old, newPassword: request.body.new };
      const { sessionIds } = await account('changePassword', askerOf(request), passwords);
      for (const sessionId of sessionIds) notices.sessionEnded(sessionId);
      return { message: 'password changed successfully' };
    },
  );

  app.post(
    '/reauthenticate/options',
    {
      config,
      schema: {
        ...described,
        operationId: 'beginReauthentication',
        summary: 'What a browser needs to prove by a passkey that its user is there',
        response: { 200: PasskeyOptionsAnswer, ...problems(401, 404, 409, 429, 503) },
      },
    },
    async (request) => {
      const { ticket, optionsJson } = await account('beginReauthentication', askerOf(request), {
        relyingParty: partyOf(request),
      });
      return { ticket, options: JSON.parse(optionsJson) as Record<string, unknown> };
    },
  );

  app.post(
    '/reauthenticate',
    {
      config,
      schema: {
        ...described,
        operationId: 'reauthenticate',
        summary: 'Proves by the password or a passkey that the user is there',
        description:
          'For 5 minutes this session may then change how one gets in. Signing in proves the same, so it is needed only some time later.',
        body: ReauthenticateBody,
        response: { 200: ReauthenticatedAnswer, ...problems(400, 401, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const { body } = request;
      const proof =
        'password' in body
          ? { password: body.password, ticket: '', responseJson: '' }
          : { password: '', ticket: body.ticket, responseJson: JSON.stringify(body.response) };
      const { freshUntilMs } = await account('reauthenticate', askerOf(request), {
        ...proof,
        relyingParty: partyOf(request),
      });
      return { freshUntil: momentOf(freshUntilMs) };
    },
  );

  app.get(
    '/sessions',
    {
      config,
      schema: {
        ...described,
        operationId: 'listSessions',
        summary: 'The open sessions, with device and last use',
        response: { 200: SessionsAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request) => {
      const { sessions } = await account('listSessions', askerOf(request));
      const current = signedIn(request).sessionId;
      return {
        sessions: sessions.map(({ id, device, network, createdAtMs, lastUsedAtMs, expiresAtMs }) => ({
          id,
          current: id === current,
          device,
          network,
          createdAt: momentOf(createdAtMs),
          lastUsedAt: momentOf(lastUsedAtMs),
          expiresAt: momentOf(expiresAtMs),
        })),
        next: null,
      };
    },
  );

  app.delete(
    '/sessions/:id',
    {
      config,
      schema: {
        ...described,
        operationId: 'endSession',
        summary: 'Ends a session: its refresh token and its open sockets',
        params: IdPath,
        response: { 200: SessionEndedAnswer, ...problems(401, 404, 429, 503) },
      },
    },
    async (request) => {
      const { id: sessionId } = request.params;
      await account('endSession', askerOf(request), { sessionId });
      // Tokens and sockets have ids without capitals; auth takes either.
      notices.sessionEnded(sessionId.toLowerCase());
      return { message: 'session ended successfully' };
    },
  );
};
