import type { BffModule } from '../module.js';
import { createTransportWatch } from '../proxies/transport-watch.js';
import { authRoutes } from './auth-routes.js';

const prefix = '/api/v1/auth';

/** Accounts and their sessions, kept by the auth service. */
export const accounts: BffModule = {
  tag: 'auth',
  about:
    'Accounts begin and sessions are opened here: sign up, sign in with a password, a second factor or a passkey, renew the access token, sign out, recover an account. None of these calls needs an access token but the last sign-out, of all sessions.',
  prefix,
  // Without it portfolios are still read and changed and sockets served; taking this replica out would help nobody.
  dependency: ({ sessions: { auth } }) => ({ name: 'authorization', required: false, check: () => auth.check() }),
  register: async (scope, { deps, options, sessions, portfolios, notices, origins, atPublic }) => {
    const { secureCookie, maxAuthCalls: maxCalls, authWindowMs: windowMs } = options;
    const { publicUrls, allowedOrigins, passkeyRpId } = options;
    const watch = createTransportWatch(deps, { secureCookie });
    const publicPath = atPublic(prefix);
    await scope.register(authRoutes, {
      ...sessions,
      portfolios,
      notices,
      origins,
      watch,
      publicPath,
      publicUrls,
      allowedOrigins,
      passkeyRpId,
      secureCookie,
      maxCalls,
      windowMs,
    });
  },
};
