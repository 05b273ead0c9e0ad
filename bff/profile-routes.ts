import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AppError } from '@tickfolio/lib/errors';
import { type Decimal, isZero, negate, parseDecimal, quantityBounds } from '@tickfolio/lib/money';
import { CoinAnswer, CoinChangeBody, CoinRemovalBody, messageAnswer, ProfileAnswer, problems } from './contract.js';
import type { Coin, Owner, Portfolios } from './portfolios.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from './sign-in.js';
import type { SymbolLookup } from './symbol-lookup.js';
import type { Symbols } from './symbols.js';

export interface ProfileRoutesOptions {
  readonly verify: VerifyAccessToken;
  readonly portfolios: Portfolios;
  readonly symbols: Symbols;
  readonly lookup: SymbolLookup;
  /** A committed change of a user's coins. @param symbolsChanged whether a coin came or went */
  readonly onChange: (userId: string, symbolsChanged: boolean) => void;
}

const tags = ['profile'];
const security = [{ bearerAuth: [] }];

const answerCoin = (coin: Coin) => ({
  ID: coin.id,
  CreatedAt: coin.createdAt.toISOString(),
  UpdatedAt: coin.updatedAt.toISOString(),
  DeletedAt: null,
  Symbol: coin.symbol,
  Quantity: coin.quantity,
  UserID: coin.userId,
});

const refuseQuantity = (message: string): AppError =>
  new AppError('invalid_argument', `The quantity is not valid. ${message}`, { fields: [{ field: 'quantity', message }] });

/** @throws AppError invalid_argument for what is no decimal, has too many digits, or is zero */
const readQuantity = (text: string): Decimal => {
  let quantity: Decimal;
  try {
    quantity = parseDecimal(text, quantityBounds);
  } catch (err) {
    throw refuseQuantity(err instanceof AppError ? err.message : String(err));
  }
  if (isZero(quantity)) throw refuseQuantity('Zero changes nothing; send a positive amount to add or a negative one to take away.');
  return quantity;
};

export const profileRoutes: FastifyPluginAsyncTypebox<ProfileRoutesOptions> = async (app, options) => {
  const { verify, portfolios, symbols, lookup, onChange } = options;
  app.addHook('onRequest', requireSignIn(verify));

  const increase = async (owner: Owner, symbol: string, by: Decimal): Promise<Coin> => {
    // What is held already is known to be valued, so this works while the symbol list cannot be had.
    const held = await portfolios.increase(owner.userId, symbol, by);
    if (held) {
      onChange(owner.userId, false);
      return held;
    }
    await lookup.lookAgain(symbol);
    const opened = await portfolios.open(owner, symbols.resolve(symbol), by);
    onChange(owner.userId, true);
    return opened;
  };
  const decrease = async ({ userId }: Owner, symbol: string, by: Decimal): Promise<Coin> => {
    const coin = await portfolios.decrease(userId, symbol, by);
    if (!coin) {
      await lookup.lookAgain(symbol);
      if (!symbols.mayExist(symbol)) symbols.resolve(symbol); // Answers a mistyped symbol with a suggestion.
      throw new AppError('failed_precondition', `No ${symbol} is held, so none can be taken away.`);
    }
    onChange(userId, coin.quantity === '0');
    return coin;
  };

  app.get(
    '',
    {
      schema: {
        tags,
        security,
        operationId: 'getProfile',
        summary: 'The portfolio',
        response: { 200: ProfileAnswer, ...problems(401, 503) },
      },
    },
    async (request) => {
      const owner = signedIn(request);
      const coins = await portfolios.read(owner);
      return { ID: owner.userId, Name: owner.userName, Coins: coins.map(answerCoin) };
    },
  );

  app.post(
    '',
    {
      schema: {
        tags,
        security,
        operationId: 'createProfile',
        summary: 'Creates the portfolio; harmless when it is there',
        response: { 201: messageAnswer('profile created successfully'), ...problems(401, 503) },
      },
    },
    async (request, reply) => {
      await portfolios.createProfile(signedIn(request));
      reply.code(201);
      return { message: 'profile created successfully' };
    },
  );

  app.post(
    '/coins',
    {
      schema: {
        tags,
        security,
        operationId: 'changeCoin',
        summary: 'Adds to a coin, or takes away from it',
        description: 'A decrease to exactly zero removes the coin and answers with quantity "0".',
        body: CoinChangeBody,
        response: { 200: CoinAnswer, ...problems(400, 401, 409, 413, 415, 422, 503) },
      },
    },
    async (request) => {
      const owner = signedIn(request);
      const symbol = request.body.symbol.toLowerCase();
      const quantity = readQuantity(request.body.quantity);
      const coin = quantity.units > 0n ? await increase(owner, symbol, quantity) : await decrease(owner, symbol, negate(quantity));
      return answerCoin(coin);
    },
  );

  app.delete(
    '/coins',
    {
      schema: {
        tags,
        security,
        operationId: 'removeCoin',
        summary: 'Removes a coin, however much of it is held',
        body: CoinRemovalBody,
        response: { 200: messageAnswer('coin successfully deleted'), ...problems(400, 401, 404, 413, 415, 503) },
      },
    },
    async (request) => {
      const { userId } = signedIn(request);
      const symbol = request.body.symbol.toLowerCase();
      if (!(await portfolios.remove(userId, symbol))) throw new AppError('not_found', `No ${symbol} is held.`);
      onChange(userId, true);
      return { message: 'coin successfully deleted' };
    },
  );
};
