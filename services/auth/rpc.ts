import type * as wire from '@tickfolio/gen/auth/v1';
import { AuthServiceService } from '@tickfolio/gen/auth/v1';
import type { GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import type { Auth } from './auth.js';
import { callerOf, partyOf } from './rpc-call.js';

/** Name in grpc.health.v1. */
export const serviceName = 'auth.v1.AuthService';

/** Adds auth.v1.AuthService to the server. */
export const serve = (server: GrpcServer, auth: Auth): void => {
  const unary = unaryOf(server);
  const implementation: wire.AuthServiceServer = {
    register: unary<wire.RegisterRequest, wire.RegisterResponse>(async (request, context) => {
      const registration = { ...request, key: request.idempotencyKey };
      const { userId, recoveryCodes } = await auth.register(registration, callerOf(request, context));
      return { userId, recoveryCodes: [...recoveryCodes] };
    }),
    login: unary<wire.LoginRequest, wire.LoginResponse>(async (request, context) => {
      const answer = await auth.login(request, callerOf(request, context));
      return 'ticket' in answer
        ? { tokens: undefined, secondFactor: { ticket: answer.ticket, kinds: [...answer.kinds] } }
        : { tokens: answer, secondFactor: undefined };
    }),
    secondFactor: unary<wire.SecondFactorRequest, wire.LoginResponse>(async (request, context) => {
      const { ticket, kind, code } = request;
      return {
        tokens: await auth.secondFactor(ticket, kind, code, callerOf(request, context)),
        secondFactor: undefined,
      };
    }),
    recover: unary<wire.RecoverRequest, wire.RecoverResponse>(async (request, context) => {
      const { sessionIds, recoveryCodesLeft } = await auth.recover(request, callerOf(request, context));
      return { sessionIds: [...sessionIds], recoveryCodesLeft };
    }),
    beginPasskeyLogin: unary<wire.BeginPasskeyLoginRequest, wire.PasskeyOptions>(({ relyingParty }) =>
      auth.beginPasskeyLogin(partyOf(relyingParty)),
    ),
    loginWithPasskey: unary<wire.LoginWithPasskeyRequest, wire.LoginResponse>(async (request, context) => {
      const { ticket, responseJson, relyingParty } = request;
      const answer = { ticket, responseJson, party: partyOf(relyingParty) };
      return { tokens: await auth.loginWithPasskey(answer, callerOf(request, context)), secondFactor: undefined };
    }),
    refreshToken: unary<wire.RefreshTokenRequest, wire.RefreshTokenResponse>(async (request, context) => ({
      tokens: await auth.refresh(request.refreshToken, callerOf(request, context)),
    })),
    logout: unary<wire.LogoutRequest, wire.LogoutResponse>(
      async (request, context) =>
        (await auth.logout(request.refreshToken, callerOf(request, context))) ?? { sessionId: '', userId: '' },
    ),
    logoutEverywhere: unary<wire.LogoutEverywhereRequest, wire.LogoutEverywhereResponse>(async (request, context) => ({
      sessionIds: [...(await auth.logoutEverywhere(request.userId, callerOf(request, context)))],
    })),
    getSession: unary<wire.GetSessionRequest, wire.GetSessionResponse>(async ({ sessionId }) => {
      const userId = await auth.sessionUser(sessionId);
      return { open: userId !== undefined, userId: userId ?? '' };
    }),
    listEndedSessions: unary<wire.ListEndedSessionsRequest, wire.ListEndedSessionsResponse>(
      async ({ sinceMs, cursor }) => {
        const { sessionIds, ...page } = await auth.listEndedSessions(sinceMs, cursor);
        return { sessionIds: [...sessionIds], ...page };
      },
    ),
    getDeletion: unary<wire.GetDeletionRequest, wire.GetDeletionResponse>(async ({ linkToken }) => {
      const { erasures, ...deletion } = await auth.findDeletion(linkToken);
      return { ...deletion, erasures: [...erasures] };
    }),
  };
  server.addService(AuthServiceService, implementation);
};
