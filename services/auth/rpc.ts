import type * as wire from '@tickfolio/gen/auth/v1';
import { AuthServiceService } from '@tickfolio/gen/auth/v1';
import type { CallContext, GrpcServer } from '@tickfolio/lib/grpc';
import { fromPostgresError } from '@tickfolio/lib/postgres';
import type { Caller } from './accounts/caller.js';
import type { Auth } from './auth.js';

/** Name in grpc.health.v1. */
export const serviceName = 'auth.v1.AuthService';

const callerOf = (address: string, { log, signal }: CallContext): Caller => ({ address, log, signal });

/** Adds auth.v1.AuthService to the server. */
export const serve = (server: GrpcServer, auth: Auth): void => {
  /** What the database throws becomes an AppError here, once. */
  const unary = <Req, Res>(handle: (request: Req, context: CallContext) => Promise<Res>) =>
    server.unary<Req, Res>(async (request, context) => {
      try {
        return await handle(request, context);
      } catch (err) {
        throw fromPostgresError(err);
      }
    });
  const implementation: wire.AuthServiceServer = {
    register: unary<wire.RegisterRequest, wire.RegisterResponse>(async (request, context) => ({
      userId: await auth.register(request, request.idempotencyKey, callerOf(request.clientAddress, context)),
    })),
    login: unary<wire.LoginRequest, wire.LoginResponse>(async (request, context) => ({
      tokens: await auth.login(request, callerOf(request.clientAddress, context)),
    })),
    refreshToken: unary<wire.RefreshTokenRequest, wire.RefreshTokenResponse>(async (request, context) => ({
      tokens: await auth.refresh(request.refreshToken, callerOf(request.clientAddress, context)),
    })),
    logout: unary<wire.LogoutRequest, wire.LogoutResponse>(
      async ({ refreshToken }) => (await auth.logout(refreshToken)) ?? { sessionId: '', userId: '' },
    ),
    logoutEverywhere: unary<wire.LogoutEverywhereRequest, wire.LogoutEverywhereResponse>(
      async ({ userId }, { log }) => ({
        sessionIds: [...(await auth.logoutEverywhere(userId, { log }))],
      }),
    ),
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
  };
  server.addService(AuthServiceService, implementation);
};
