import type { FastifyPluginAsyncTypebox, TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { LogAnswer, LogCheckAnswer, LogCheckQuery, LogQuery } from '@tickfolio/api/account';
import { problems } from '@tickfolio/api/problem';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { AskAccount } from '../accounts/account-client.js';
import { readLimit } from '../api/query-values.js';
import { signedIn } from '../api/sign-in.js';
import { askerOf, type CallConfig, described, momentOf } from './asker.js';

export interface LogRoutesOptions {
  readonly account: AskAccount;
  readonly config: CallConfig;
}

const [pageSize, maxPageSize] = [50, 100];
type Entry = LogAnswer['entries'][number];

/** What happened to the account. @param alias the same under another name, for who knows it by that */
const addLog = (app: FastifyInstance, path: string, { account, config }: LogRoutesOptions, alias = false) =>
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    path,
    {
      config,
      schema: {
        ...described,
        operationId: alias ? 'getAudit' : 'getAccountLog',
        ...(alias ? { deprecated: true } : {}),
        summary: 'What happened to the account: sign-ins, changes, ended sessions',
        description: 'Refused sign-ins stand there a minute late, counted by the minute. Kept for 400 days.',
        querystring: LogQuery,
        response: { 200: LogAnswer, ...problems(400, 401, 429, 503) },
      },
    },
    async (request) => {
      const { cursor = '' } = request.query;
      const limit = readLimit(request.query.limit, pageSize, maxPageSize);
      const { entries, next } = await account('listLog', askerOf(request), { cursor, limit });
      return {
        entries: entries.map(({ atMs, action, outcome, detailJson }) => ({
          at: momentOf(atMs),
          action,
          outcome: outcome === 'refused' ? ('refused' as const) : ('ok' as const),
          detail: JSON.parse(detailJson) as Entry['detail'],
        })),
        next: next || null,
      };
    },
  );

export const logRoutes: FastifyPluginAsyncTypebox<LogRoutesOptions> = async (app, options) => {
  const { account, config } = options;
  addLog(app, '/log', options);
  app.get(
    '/log/check',
    {
      config,
      // Told from the token, so that nobody else is worth a call; the auth service asks again.
      preHandler: async (request) => {
        if (signedIn(request).role !== 'operator')
          throw new AppError('permission_denied', 'Only an operator may ask this.', { problem: 'operator-only' });
      },
      schema: {
        ...described,
        operationId: 'checkAuditLog',
        summary: 'Whether the audit log of all accounts is as it was written',
        description: 'For operators; others get 403 `operator-only`.',
        querystring: LogCheckQuery,
        response: { 200: LogCheckAnswer, ...problems(400, 401, 403, 429, 503) },
      },
    },
    async (request) => {
      const { after = '0' } = request.query;
      const found = await account('checkLog', askerOf(request), { afterSeq: Number(after) });
      return {
        checked: found.checked,
        firstBadRow: found.firstBad || null,
        lastRow: found.lastSeq,
        headRow: found.headSeq,
        headHash: found.headHash,
      };
    },
  );
};

/** The same log by the name that other documents have for it. */
export const auditRoutes: FastifyPluginAsync<LogRoutesOptions> = async (app, options) => {
  addLog(app, '', options, true);
};
