import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AccountDeletedAnswer, DeletionAnswer, DeletionHeaders, DeletionPath } from '@tickfolio/api/account';
import { problems } from '@tickfolio/api/problem';
import { waitUntil } from '@tickfolio/lib/clock';
import type { AskAccount } from '../accounts/account-client.js';
import type { AuthClient } from '../accounts/auth-client.js';
import type { SessionCookie } from '../accounts/session-cookie.js';
import { metaOf } from '../accounts/sign-in-routes.js';
import type { DeletedUsers } from '../erasure/deleted-users.js';
import type { Notices } from '../replicas/notices.js';
import { askerOf, type CallConfig, described, momentOf, momentOrNull } from './asker.js';

export const deletionsPath = '/api/v1/deletions';

export interface DeletionRoutesOptions {
  readonly account: AskAccount;
  readonly config: CallConfig;
  readonly notices: Pick<Notices, 'sessionEnded'>;
  readonly deletedUsers: Pick<DeletedUsers, 'begin'>;
  readonly cookie: Pick<SessionCookie, 'clear'>;
  /** Where the browser sees a path of this server. */
  readonly atPublic: (path: string) => string;
}

/** The account is deleted in any case: nobody waits longer to hear it. */
const maxBeginMs = 2_000;

/** The end of the account. */
export const deletionRoutes: FastifyPluginAsyncTypebox<DeletionRoutesOptions> = async (
  app,
  { account, config, notices, deletedUsers, cookie, atPublic },
) => {
  app.delete(
    '',
    {
      config,
      schema: {
        ...described,
        operationId: 'deleteAccount',
        summary: 'Deletes the account, and all that is kept of its user',
        description:
          'Its sessions end, and its name is free again. Needs the password or a passkey of the last 5 minutes, else 403 `reauthenticate`; an operator is refused, 409 `wrong-state`. Nobody can undo it. Repeated with the same `Idempotency-Key` it has the same link; where the session is over already, the link itself says that the account was deleted.',
        headers: DeletionHeaders,
        response: { 202: AccountDeletedAnswer, ...problems(400, 401, 403, 409, 429, 503) },
      },
    },
    async (request, reply) => {
      const { 'idempotency-key': linkToken = '' } = request.headers;
      const asker = askerOf(request);
      const { linkToken: token, sessionIds } = await account('deleteAccount', asker, { linkToken });
      for (const sessionId of sessionIds) notices.sessionEnded(sessionId);
      await waitUntil(AbortSignal.timeout(maxBeginMs), deletedUsers.begin(asker.userId));
      cookie.clear(reply);
      const link = atPublic(`${deletionsPath}/${token}`);
      reply.code(202).header('location', link);
      return { message: 'account deleted successfully', link, token };
    },
  );
};

export interface FoundDeletionRoutesOptions {
  readonly auth: Pick<AuthClient, 'deletion'>;
  readonly config: CallConfig;
}

export const foundDeletionRoutes: FastifyPluginAsyncTypebox<FoundDeletionRoutesOptions> = async (
  app,
  { auth, config },
) => {
  app.get(
    '/:token',
    {
      config,
      schema: {
        tags: described.tags,
        operationId: 'getDeletion',
        summary: 'What became of a deleted account, for who has its link',
        description: 'For 30 days. It says which services hold nothing of the user any more.',
        params: DeletionPath,
        response: { 200: DeletionAnswer, ...problems(404, 429, 503) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { deletedAtMs, untilMs, erasures } = await auth.deletion(request.params.token, metaOf(request));
      const done = erasures.filter(({ doneAtMs }) => doneAtMs > 0).length;
      return {
        state: done === erasures.length ? ('done' as const) : ('running' as const),
        progress: done / erasures.length,
        deletedAt: momentOf(deletedAtMs),
        until: momentOf(untilMs),
        services: erasures.map(({ service, doneAtMs }) => ({ service, doneAt: momentOrNull(doneAtMs) })),
      };
    },
  );
};
