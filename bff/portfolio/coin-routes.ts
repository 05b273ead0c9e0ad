import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ChangeHeaders } from '@tickfolio/api/fields';
import { ChangePath, CoinAnswer, CoinChangeBody, CoinRemovalBody, RemovalAnswer } from '@tickfolio/api/portfolio';
import { problems } from '@tickfolio/api/problem';
import { AppError, type ErrorCode } from '@tickfolio/lib/errors';
import { type Decimal, formatDecimal, isZero, negate, parseDecimal, quantityBounds } from '@tickfolio/lib/money';
import type { FastifyRequest } from 'fastify';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { Writes } from '../api/writes.js';
import type { SymbolLookup } from '../market/symbol-lookup.js';
import type { Symbols } from '../market/symbols.js';
import type { CoinChanges } from './coin-changes.js';
import { notHeld } from './coin-refusal.js';
import type { Change, Coin, Owner } from './portfolios.js';

/** What is known of a change of a user's coins. */
export interface PortfolioNews {
  /** Of the portfolio after it; undefined where it is not known whether anything was changed. */
  readonly version: number | undefined;
  /** Whether a coin came or went, or may have. */
  readonly symbolsChanged: boolean;
}

export interface CoinRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly changes: CoinChanges;
  readonly symbols: Symbols;
  readonly lookup: SymbolLookup;
  /** Limits the writes of each user. */
  readonly writes: Writes;
  readonly onChange: (userId: string, news: PortfolioNews) => void;
}

/** What the header is good for. */
const repeats =
  'Repeated with the same `Idempotency-Key` within 7 days it changes nothing more and is answered the same.';
const common = { tags: ['profile'], security: [{ bearerAuth: [] }] };

export const answerCoin = ({ version, ...coin }: Coin) => ({
  ID: coin.id,
  CreatedAt: coin.createdAt.toISOString(),
  UpdatedAt: coin.updatedAt.toISOString(),
  DeletedAt: null,
  Symbol: coin.symbol,
  Quantity: coin.quantity,
  UserID: coin.userId,
  Version: version,
});
const answerChange = ({ id, coin }: Change) => ({ ...answerCoin(coin), ChangeID: id });

const refuseQuantity = (message: string): AppError =>
  new AppError('invalid_argument', `The quantity is not valid. ${message}`, {
    fields: [{ field: 'quantity', message, reason: 'quantity-shape' }],
  });

/** @throws AppError invalid_argument for what is no decimal, has too many digits, or is zero */
const readQuantity = (text: string): Decimal => {
  let quantity: Decimal;
  try {
    quantity = parseDecimal(text, quantityBounds);
  } catch (err) {
    throw refuseQuantity(err instanceof AppError ? err.message : String(err));
  }
  if (isZero(quantity))
    throw refuseQuantity('Zero changes nothing; send a positive amount to add or a negative one to take away.');
  return quantity;
};

/**
 * Refusals, each given before anything is written. After any other fault the change may have been made, and only its
 * answer lost.
 */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'invalid_argument',
  'not_found',
  'failed_precondition',
  'unprocessable',
  'resource_exhausted',
]);
const isRefusal = (thrown: unknown): boolean => thrown instanceof AppError && refusals.has(thrown.code);

/** Who asks, by a request that can be found again. */
const ownerOf = (request: FastifyRequest): Owner => ({ ...signedIn(request), requestId: request.id });

/** The changes of coins. */
export const coinRoutes: FastifyPluginAsyncTypebox<CoinRoutesOptions> = async (app, options) => {
  const { verify, changes, symbols, lookup, writes, onChange } = options;
  app.addHook('onRequest', requireSignIn(verify));
  app.addHook('preHandler', async (request) => {
    const { id: undone } = request.params as { readonly id?: string };
    const { 'idempotency-key': key } = request.headers;
    const known = undone === undefined ? key : `undo ${undone}`;
    writes.take(signedIn(request).userId, typeof known === 'string' ? known : undefined);
  });

  /** Tells what the work changed, and where that is not known, that something may have changed. */
  const told = async <T extends Change | undefined>({ userId }: Owner, work: () => Promise<T>): Promise<T> => {
    try {
      const change = await work();
      if (change) {
        const { coin, delta } = change;
        onChange(userId, { version: coin.version, symbolsChanged: coin.quantity === '0' || coin.quantity === delta });
      }
      return change;
    } catch (thrown) {
      if (!isRefusal(thrown)) onChange(userId, { version: undefined, symbolsChanged: true });
      throw thrown;
    }
  };
  const increase = async (owner: Owner, symbol: string, by: Decimal, key: string | undefined): Promise<Change> => {
    // What is held already is known to be valued, so this works while the symbol list cannot be had.
    await lookup.lookAgain(symbol);
    const held = await told(owner, () => changes.change(owner, symbol, by, key, () => symbols.requireMore(symbol)));
    if (held) return held;
    const listed = symbols.resolve(symbol);
    return told(owner, () => changes.open(owner, listed, by, key));
  };
  const decrease = async (owner: Owner, symbol: string, by: Decimal, key: string | undefined): Promise<Change> => {
    const change = await told(owner, () => changes.change(owner, symbol, by, key));
    if (change) return change;
    await lookup.lookAgain(symbol);
    if (!symbols.mayExist(symbol)) symbols.resolve(symbol); // Answers a mistyped symbol with a suggestion.
    throw notHeld('failed_precondition', symbol, ', so none can be taken away');
  };

  app.post(
    '/coins',
    {
      schema: {
        ...common,
        operationId: 'changeCoin',
        summary: 'Adds to an asset, or takes away from it',
        description: `A decrease to exactly zero removes the asset and answers with quantity "0". ${repeats}`,
        headers: ChangeHeaders,
        body: CoinChangeBody,
        response: { 200: CoinAnswer, ...problems(400, 401, 409, 413, 415, 422, 429, 503, 504) },
      },
    },
    async (request) => {
      const owner = ownerOf(request);
      const symbol = request.body.symbol.toLowerCase();
      const quantity = readQuantity(request.body.quantity);
      const change = quantity.units > 0n ? increase : decrease;
      return answerChange(await change(owner, symbol, quantity, request.headers['idempotency-key']));
    },
  );

  app.delete(
    '/coins',
    {
      schema: {
        ...common,
        operationId: 'removeCoin',
        summary: 'Removes an asset, however much of it is held',
        description: repeats,
        headers: ChangeHeaders,
        body: CoinRemovalBody,
        response: { 200: RemovalAnswer, ...problems(400, 401, 404, 409, 413, 415, 429, 503, 504) },
      },
    },
    async (request) => {
      const owner = ownerOf(request);
      const symbol = request.body.symbol.toLowerCase();
      const change = await told(owner, () => changes.remove(owner, symbol, request.headers['idempotency-key']));
      if (!change) throw notHeld('not_found', symbol);
      const { id, delta, coin } = change;
      const removed = formatDecimal(negate(parseDecimal(delta)));
      return {
        message: 'coin successfully deleted',
        Symbol: symbol,
        Quantity: removed,
        Version: coin.version,
        ChangeID: id,
      };
    },
  );

  app.post(
    '/changes/:id/undo',
    {
      schema: {
        ...common,
        operationId: 'undoChange',
        summary: 'Reverses a change of an asset',
        description:
          'Of the last 7 days. Repeating it changes nothing more. The answer names a change too, which can be undone in turn.',
        params: ChangePath,
        response: { 200: CoinAnswer, ...problems(401, 404, 409, 429, 503, 504) },
      },
    },
    async (request) => {
      const owner = ownerOf(request);
      return answerChange(await told(owner, () => changes.undo(owner, request.params.id)));
    },
  );
};
