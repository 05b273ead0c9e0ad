import { Type } from 'typebox';
import type { Body } from '../body.js';
import { moment, next, orNull, strict } from '../fields.js';

const id = Type.String({ examples: ['0199a3c2-7d10-7000-8000-000000000002'] });
const token = Type.String({ examples: ['3f1c9a524d0e4f0b8a570c2f3b1d9e843f1c9a52'] });
const amounts = Type.Boolean({ description: 'whether amounts are shown besides percents', examples: [false] });
const expiresAt = Type.String({
  ...moment,
  description: 'from then on the link leads nowhere',
  examples: ['2026-02-26T10:00:00.000Z'],
});
const quantity = Type.String({ description: 'exact decimal text', examples: ['0.5'] });
const value = Type.String({ description: 'in USDT, exact decimal text', examples: ['34061.725'] });

export const ShareBody = Type.Object(
  {
    amounts: Type.Optional(amounts),
    expiresAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'in the future, at most 366 days ahead; 30 days ahead where it is not said',
        examples: ['2026-02-26T10:00:00.000Z'],
      }),
    ),
  },
  strict,
);
export const SharePath = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 64,
    description: '`default` is the default one of kind `tracking`',
    examples: ['default'],
  }),
  shareId: Type.String({ minLength: 1, maxLength: 64, examples: ['0199a3c2-7d10-7000-8000-000000000002'] }),
});
const share = { id, amounts, createdAt: moment, expiresAt };
export const ShareAnswer = Type.Object(share, { description: 'A link to a portfolio.' });
export type ShareAnswer = Body<typeof ShareAnswer>;
export const MadeShareAnswer = Type.Object(
  { ...share, token: Type.String({ ...token, description: 'told this once; the page of the link is `/s/<token>`' }) },
  { description: 'The link was made.' },
);
export type MadeShareAnswer = Body<typeof MadeShareAnswer>;
export const SharesAnswer = Type.Object(
  { shares: Type.Array(ShareAnswer), next },
  { description: 'The links, the newest first, with those that ran out; 20 at most.' },
);
export type SharesAnswer = Body<typeof SharesAnswer>;

export const SharedPath = Type.Object({
  // What is too long for a token is none, like any other.
  token: Type.String({ minLength: 1, examples: ['3f1c9a524d0e4f0b8a570c2f3b1d9e843f1c9a52'] }),
});
export const SharedAnswer = Type.Object(
  {
    name: Type.String({ examples: ['Long term'] }),
    kind: Type.Enum(['tracking', 'paper', 'exchange'], {
      description: 'what one owns, paper money, or the mirror of an exchange account',
      examples: ['tracking'],
    }),
    isDefault: Type.Boolean({ description: 'the one of its kind that everybody has' }),
    simulated: Type.Boolean({ description: 'whether it is shown by made-up prices' }),
    amounts,
    expiresAt,
    percents: Type.String({
      description:
        'the sum of the shares as they are written here, which rounding may take off 100; 0 where there is none',
      examples: ['99.99'],
    }),
    value: Type.Optional(Type.String({ ...value, description: 'of all that has a price; with `amounts` only' })),
    positions: Type.Array(
      Type.Object({
        asset: Type.String({ examples: ['BTC'] }),
        share: orNull(
          Type.String({
            description: 'of the value of all that has a price, in percent: two decimals, half away from zero',
            examples: ['66.67'],
          }),
          { description: 'null while it has no price' },
        ),
        stale: Type.Boolean({ description: 'there is no price, or it is old', examples: [false] }),
        quantity: Type.Optional(Type.String({ ...quantity, description: 'with `amounts` only' })),
        value: Type.Optional(orNull(value, { description: 'with `amounts` only; null while there is no price' })),
      }),
      { description: 'the largest share first' },
    ),
  },
  { description: 'What is in a shared portfolio, by the newest prices.' },
);
export type SharedAnswer = Body<typeof SharedAnswer>;
