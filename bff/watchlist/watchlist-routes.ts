import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '@tickfolio/api/problem';
import { WatchlistAnswer, WatchPath } from '@tickfolio/api/watchlist';
import type { Watchlist } from '@tickfolio/gen/portfolio/v1/watchlist';
import { isSymbol } from '@tickfolio/lib/market/symbol';
import type { FastifyRequest } from 'fastify';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { Writes } from '../api/writes.js';
import type { SymbolLookup } from '../market/symbol-lookup.js';
import { assetsOf, type Symbols, unlisted } from '../market/symbols.js';
import { watchedOf } from './watched.js';
import type { WatchlistClient } from './watchlist-client.js';

export interface WatchlistRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly client: Pick<WatchlistClient, 'watched' | 'watch' | 'unwatch'>;
  readonly symbols: Pick<Symbols, 'mayExist' | 'resolve'>;
  readonly lookup: Pick<SymbolLookup, 'lookAgain'>;
  /** Limits the changes of each user. */
  readonly writes: Writes;
  /** The list of a user is another one now. */
  readonly onChange: (userId: string) => void;
}

interface Writer {
  readonly userId: string;
  readonly requestId: string;
}

const common = { tags: ['watchlist'], security: [{ bearerAuth: [] }] };
const answerOf = (...of: Parameters<typeof watchedOf>) => {
  const { version, watchlist } = watchedOf(...of);
  return { watchlist, version, next: null };
};

/** What who is signed in watches, held or not. */
export const watchlistRoutes: FastifyPluginAsyncTypebox<WatchlistRoutesOptions> = async (app, options) => {
  const { verify, client, symbols, lookup, writes, onChange } = options;
  app.addHook('onRequest', requireSignIn(verify));
  const writerOf = (request: FastifyRequest): Writer => {
    const { userId } = signedIn(request);
    writes.take(userId);
    return { userId, requestId: request.id };
  };
  /** @throws AppError as `resolve`, not_found */
  const assetOf = (symbol: string): string => {
    if (!isSymbol(symbol) || !symbols.mayExist(symbol)) throw unlisted(symbol);
    return assetsOf(symbols.resolve(symbol)).BaseAsset;
  };
  /** The user's list where the symbol is on it. */
  const listWith = async ({ userId, requestId }: Writer, symbol: string): Promise<Watchlist | undefined> => {
    const list = await client.watched(userId, requestId);
    return list.symbols.some((watched) => watched.symbol === symbol) ? list : undefined;
  };
  /** Told also where no answer came: it may be made all the same. */
  const made = (userId: string, change: Promise<Watchlist>) =>
    change.finally(() => onChange(userId)).then((list) => answerOf(list));

  app.get(
    '',
    {
      schema: {
        ...common,
        operationId: 'getWatchlist',
        summary: 'What is watched',
        response: { 200: WatchlistAnswer, ...problems(401, 503) },
      },
    },
    async (request) => answerOf(await client.watched(signedIn(request).userId, request.id)),
  );

  app.put(
    '/:symbol',
    {
      schema: {
        ...common,
        operationId: 'addToWatchlist',
        summary: 'Watches a symbol, 200 at most',
        description: 'Repeating it is harmless. Its price comes over the WebSocket, on the channel `watchlist`.',
        params: WatchPath,
        response: { 200: WatchlistAnswer, ...problems(401, 404, 409, 422, 429, 503) },
      },
    },
    async (request) => {
      const symbol = request.params.symbol.toLowerCase();
      const writer = writerOf(request);
      await lookup.lookAgain(symbol);
      let asset: string;
      try {
        asset = assetOf(symbol);
      } catch (refusal) {
        // It was traded when it was put there, and repeating that is harmless.
        const watched = isSymbol(symbol) ? await listWith(writer, symbol) : undefined;
        if (!watched) throw refusal;
        return answerOf(watched);
      }
      return made(writer.userId, client.watch(writer, symbol, asset));
    },
  );

  app.delete(
    '/:symbol',
    {
      schema: {
        ...common,
        operationId: 'removeFromWatchlist',
        summary: 'Watches it no more',
        description: 'Repeating it is harmless.',
        params: WatchPath,
        response: { 200: WatchlistAnswer, ...problems(401, 404, 429, 503) },
      },
    },
    async (request) => {
      const symbol = request.params.symbol.toLowerCase();
      const writer = writerOf(request);
      // What the exchange lists no longer can still be watched.
      if (!isSymbol(symbol) || !(symbols.mayExist(symbol) || (await listWith(writer, symbol)))) throw unlisted(symbol);
      return made(writer.userId, client.unwatch(writer, symbol));
    },
  );
};
