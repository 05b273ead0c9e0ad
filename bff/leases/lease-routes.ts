import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LeaseAnswer, LeaseEndAnswer, LeasePath } from '@tickfolio/api/leases';
import { problems } from '@tickfolio/api/problem';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { SymbolLookup } from '../market/symbol-lookup.js';
import { type Symbols, unlisted } from '../market/symbols.js';
import { leaseMs, type SymbolLeases } from './symbol-leases.js';

export interface LeaseRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly leases: Pick<SymbolLeases, 'take' | 'end'>;
  readonly symbols: Pick<Symbols, 'mayExist' | 'resolve'>;
  readonly lookup: Pick<SymbolLookup, 'lookAgain'>;
  /** What is followed is another set now. */
  readonly onChange: () => void;
}

const common = { tags: ['market'], security: [{ bearerAuth: [] }], params: LeasePath };

/** A coin may be looked at before it is held. */
export const leaseRoutes: FastifyPluginAsyncTypebox<LeaseRoutesOptions> = async (
  app,
  { verify, leases, symbols, lookup, onChange },
) => {
  app.addHook('onRequest', requireSignIn(verify));

  app.put(
    '/leases/:symbol',
    {
      schema: {
        ...common,
        operationId: 'leaseSymbol',
        summary: 'Follow a symbol for a minute without holding it',
        description:
          'As if it were held: second by second, and into the archive. Ask again while it is looked at; it ends by itself. Ten at once for one user.',
        response: { 200: LeaseAnswer, ...problems(401, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const symbol = request.params.symbol.toLowerCase();
      await lookup.lookAgain(symbol);
      if (!symbols.mayExist(symbol)) throw unlisted(symbol);
      const untilMs = await leases.take(signedIn(request).userId, symbols.resolve(symbol));
      onChange();
      return { symbol, until: new Date(untilMs).toISOString(), seconds: leaseMs / 1_000 };
    },
  );

  app.delete(
    '/leases/:symbol',
    {
      schema: {
        ...common,
        operationId: 'endLease',
        summary: 'Follow it no longer',
        response: { 200: LeaseEndAnswer, ...problems(401, 503) },
      },
    },
    async (request) => {
      await leases.end(signedIn(request).userId, request.params.symbol.toLowerCase());
      return { message: 'Followed no longer' };
    },
  );
};
