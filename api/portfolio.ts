import { Type } from 'typebox';
import type { Body } from './body.js';
import { maxSymbolLength, messageAnswer, moment, strict, symbolName, userId, version } from './fields.js';

const symbol = Type.String({
  minLength: 1,
  maxLength: maxSymbolLength,
  // PostgreSQL takes no NUL in a text, and no symbol has a control character.
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'a symbol that the exchange lists, in either case',
  examples: ['btcusdt'],
});

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
export const ChangePath = Type.Object({
  id: Type.String({ description: '`ChangeID` of an answer', examples: ['0b7c4a1e-93d2-4c55-9f0a-6a1de2f83b47'] }),
});

const coin = {
  ID: Type.Integer({ examples: [1] }),
  CreatedAt: moment,
  UpdatedAt: moment,
  DeletedAt: Type.Null(),
  Symbol: symbolName,
  Quantity: Type.String({ description: 'exact decimal text', examples: ['1.5'] }),
  UserID: userId,
  Version: version('of the portfolio, as the quantity was changed last'),
};
const changeId = Type.String({
  description: 'names the change, to undo it',
  examples: ['0b7c4a1e-93d2-4c55-9f0a-6a1de2f83b47'],
});
export const CoinAnswer = Type.Object({ ...coin, ChangeID: changeId }, { description: 'The asset as it is held now.' });
export type CoinAnswer = Body<typeof CoinAnswer>;
export const RemovalAnswer = Type.Object(
  {
    message: Type.String({ examples: ['coin successfully deleted'] }),
    Symbol: symbolName,
    Quantity: Type.String({ description: 'what was held and is not any more, exact decimal text', examples: ['1.5'] }),
    Version: version('of the portfolio, after the removal'),
    ChangeID: changeId,
  },
  { description: 'Done.' },
);
export type RemovalAnswer = Body<typeof RemovalAnswer>;
export const ProfileAnswer = Type.Object(
  {
    ID: userId,
    Name: Type.String({ examples: ['myuser'] }),
    Coins: Type.Array(Type.Object(coin, { description: 'An asset that is held.' })),
    Version: version('counts the changes of the assets, and never falls'),
    AsOf: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'when the newest change was made that was heard of from the portfolio service',
        examples: ['2026-01-27T10:00:00.000Z'],
      }),
    ),
  },
  { description: 'The portfolio.' },
);
export const ProfileCreatedAnswer = messageAnswer('profile created successfully');
