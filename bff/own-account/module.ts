import type { FastifyInstance } from 'fastify';
import { createRelyingPartyOf } from '../accounts/relying-party.js';
import { createSessionCookie } from '../accounts/session-cookie.js';
import { requireSignIn } from '../api/sign-in.js';
import type { BffModule } from '../module.js';
import type { Shared } from '../shared.js';
import { deletionRoutes, deletionsPath, foundDeletionRoutes } from './deletion-routes.js';
import { factorRoutes } from './factor-routes.js';
import { auditRoutes, logRoutes } from './log-routes.js';
import { securityRoutes } from './security-routes.js';

/** What holds for every route here, and what it gets. */
const prepare = (scope: FastifyInstance, { options, sessions: { auth, verify } }: Shared) => {
  scope.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  // After the limit of calls, which counts refused ones too.
  scope.addHook('preValidation', requireSignIn(verify));
  const config = { rateLimit: { max: options.maxAuthCalls, timeWindow: options.authWindowMs } };
  return { account: auth.account, config };
};

/** What a signed-in user does with the account, which the auth service keeps. */
export const ownAccount: BffModule = {
  tag: 'account',
  about:
    'How one gets into the account: password, recovery codes, second factor, passkeys, sessions, and the log of what happened to it. What changes it asks for a password or a passkey of the last 5 minutes (`reauthenticate`).',
  prefix: '/api/v1/account',
  register: async (scope, shared) => {
    const { options, notices, deletedUsers, atPublic } = shared;
    const cookie = createSessionCookie(atPublic('/api/v1/auth'), options.secureCookie);
    const common = { ...prepare(scope, shared), partyOf: createRelyingPartyOf(options) };
    await scope.register(securityRoutes, { ...common, notices });
    await scope.register(deletionRoutes, { ...common, notices, deletedUsers, cookie, atPublic });
    await scope.register(factorRoutes, common);
    await scope.register(logRoutes, common);
  },
};

/** What became of it once it was deleted, for who has the link. */
export const deletions: BffModule = {
  tag: 'account',
  prefix: deletionsPath,
  // Portfolios go on without it: what is to be told and heard waits.
  dependency: ({ deps: { eventLog }, deletedUsers }) => ({
    name: 'event-log',
    required: false,
    check: async () => (await eventLog.check()) ?? deletedUsers.problem(),
  }),
  register: async (scope, { options, sessions: { auth } }) => {
    const config = { rateLimit: { max: options.maxAuthCalls, timeWindow: options.authWindowMs } };
    await scope.register(foundDeletionRoutes, { auth, config });
  },
};

/** Its log, by another name. */
export const audit: BffModule = {
  tag: 'account',
  prefix: '/api/v1/audit',
  register: async (scope, shared) => {
    await scope.register(auditRoutes, prepare(scope, shared));
  },
};
