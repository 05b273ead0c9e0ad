import { maxSymbolLength } from '@tickfolio/lib/market/symbol';
import { Type } from 'typebox';

/** The bodies of the REST interface; they validate requests, shape answers and are the OpenAPI document. */

const name = Type.String({
  pattern: '^[A-Za-z0-9_.-]{3,64}$',
  description: '3 to 64 characters of the letters A to Z, the digits 0 to 9, "_", "." and "-"',
  examples: ['myuser'],
});
/** The auth service has the same bounds; what no account can have need not be carried there. */
const maxNameLength = 64;
const maxPasswordLength = 128;
/** A character may be typed as a letter and up to three marks; the auth service counts those as one. */
const maxTypedLength = 4 * maxPasswordLength;
const password = Type.String({
  minLength: 8,
  maxLength: maxTypedLength,
  description: `8 to ${maxPasswordLength} characters, accents typed by themselves not counted; none of the commonest passwords, and more than the name with digits`,
  examples: ['correct horse battery'],
});
const symbol = Type.String({
  minLength: 1,
  maxLength: maxSymbolLength,
  // PostgreSQL takes no NUL in a text, and no symbol has a control character.
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'a symbol that the exchange lists, in either case',
  examples: ['btcusdt'],
});
const strict = { additionalProperties: false };

export const RegisterBody = Type.Object({ name, password }, strict);
/** Not checked like a registration, save for its size: what no account can have is simply wrong. */
export const LoginBody = Type.Object(
  {
    name: Type.String({ maxLength: maxNameLength, examples: ['myuser'] }),
    password: Type.String({ maxLength: maxTypedLength, examples: ['correct horse battery'] }),
  },
  strict,
);
export const CoinChangeBody = Type.Object(
  {
    symbol,
    quantity: Type.String({
      maxLength: 100,
      description: 'a decimal text, up to 20 digits before the point and 18 after; positive adds, negative takes away',
      examples: ['1.5'],
    }),
  },
  strict,
);
export const CoinRemovalBody = Type.Object({ symbol }, strict);
export const ChangeHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      maxLength: 255,
      pattern: '^[\\x21-\\x7e]+$',
      description: '1 to 255 visible ASCII characters without blanks',
      examples: ['6f1c9a52-4d0e-4f0b-8a57-0c2f3b1d9e84'],
    }),
  ),
});
export const ChangePath = Type.Object({
  id: Type.String({ description: '`ChangeID` of an answer', examples: ['0b7c4a1e-93d2-4c55-9f0a-6a1de2f83b47'] }),
});

export const usdt = Type.String({ description: 'in USDT, exact decimal text', examples: ['102185.175'] });
/** How far back a chart asks. */
export const rangeQuery = (names: readonly string[], fallback: string) =>
  Type.Object({
    range: Type.Optional(Type.Enum([...names], { description: `how far back; ${fallback} where it is not said`, examples: [fallback] })),
  });

export const messageAnswer = (example: string) => Type.Object({ message: Type.String({ examples: [example] }) }, { description: 'Done.' });
export const AccessTokenAnswer = Type.Object(
  { accessToken: Type.String({ description: 'a JWT, valid for 15 minutes', examples: ['eyJhbGciOiJIUzI1NiJ9.…'] }) },
  { description: 'The access token; the refresh token is in the cookie.' },
);
export const CookieAnswer = Type.Object(
  {
    kept: Type.Boolean({ description: 'it came with this request; false too where nobody is signed in', examples: [true] }),
    needsHttps: Type.Boolean({ description: 'browsers drop it where the page was opened by plain http', examples: [true] }),
  },
  { description: 'What is known of the cookie.' },
);
export const moment = Type.String({ format: 'date-time', examples: ['2026-01-27T10:00:00.000Z'] });
const userId = Type.String({ examples: ['a1b2c3d4-e5f6-7890-1234-567890abcdef'] });
const version = (description: string) => Type.Integer({ description, examples: [7] });
const coin = {
  ID: Type.Integer({ examples: [1] }),
  CreatedAt: moment,
  UpdatedAt: moment,
  DeletedAt: Type.Null(),
  Symbol: Type.String({ examples: ['btcusdt'] }),
  Quantity: Type.String({ description: 'exact decimal text', examples: ['1.5'] }),
  UserID: userId,
  Version: version('of the portfolio, as the quantity was changed last'),
};
const changeId = Type.String({ description: 'names the change, to undo it', examples: ['0b7c4a1e-93d2-4c55-9f0a-6a1de2f83b47'] });
export const CoinAnswer = Type.Object({ ...coin, ChangeID: changeId }, { description: 'The coin as it is held now.' });
export const RemovalAnswer = Type.Object(
  {
    message: Type.String({ examples: ['coin successfully deleted'] }),
    Symbol: coin.Symbol,
    Quantity: Type.String({ description: 'what was held and is not any more, exact decimal text', examples: ['1.5'] }),
    Version: version('of the portfolio, after the removal'),
    ChangeID: changeId,
  },
  { description: 'Done.' },
);
export const ProfileAnswer = Type.Object(
  {
    ID: userId,
    Name: Type.String({ examples: ['myuser'] }),
    Coins: Type.Array(Type.Object(coin, { description: 'A coin that is held.' })),
    Version: version('counts the changes of the coins, and never falls'),
  },
  { description: 'The portfolio.' },
);
export const SymbolsAnswer = Type.Object(
  {
    Revision: Type.String({ description: 'changes with the list', examples: ['8f3c'] }),
    Symbols: Type.Array(
      Type.Object({
        Symbol: Type.String({ examples: ['btcusdt'] }),
        BaseAsset: Type.String({ description: 'what is held', examples: ['BTC'] }),
        QuoteAsset: Type.String({ description: 'what its price is in', examples: ['USDT'] }),
        Status: Type.Enum(['trading', 'paused'], {
          description: 'paused: not traded now, and expected to be again',
          examples: ['trading'],
        }),
      }),
    ),
  },
  { description: 'What the exchange lists and can be valued in USDT.' },
);
const ProblemAnswer = Type.Object(
  {
    type: Type.String({ examples: ['urn:tickfolio:problem:invalid-argument'] }),
    title: Type.String({ examples: ['Invalid request'] }),
    status: Type.Integer({ examples: [400] }),
    detail: Type.String({ examples: ['The request is not valid: quantity is required.'] }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ examples: ['quantity'] }),
          message: Type.String({ examples: ['is required'] }),
          reason: Type.Optional(Type.String({ description: 'a stable word for programs', examples: ['password-common'] })),
        }),
      ),
    ),
    requestId: Type.Optional(Type.String()),
  },
  { description: 'A problem as RFC 9457 has it.' },
);

const problemStatus = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemAnswer } },
});
const descriptions: Readonly<Record<number, string>> = {
  400: 'The request is malformed; `errors` names the fields of a body.',
  401: 'Not signed in.',
  403: 'A page of another site asked.',
  404: 'Not held, or not there.',
  409: 'It conflicts with what is there; nothing was changed.',
  413: 'The body is too large.',
  415: 'The body is not `application/json`.',
  422: 'The symbol is not listed or cannot be valued in USDT.',
  426: 'This is a WebSocket of version 13; `Upgrade` says so.',
  429: 'Too many attempts; see Retry-After.',
  503: 'Temporarily unavailable; see Retry-After.',
};

/** The `response` entries of the problems that a route may answer with. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, problemStatus(descriptions[status] ?? 'Refused.')]));
