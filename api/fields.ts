import { Type } from 'typebox';

/** What bodies have in common. */

/** The longest text that is taken for a symbol, in characters; the services have the same bound. */
export const maxSymbolLength = 32;
export const strict = { additionalProperties: false };

export const moment = Type.String({ format: 'date-time', examples: ['2026-01-27T10:00:00.000Z'] });
export const symbolName = Type.String({ examples: ['btcusdt'] });
export const price = Type.String({ description: 'exact decimal text', examples: ['68123.45'] });
export const usdt = Type.String({ description: 'in USDT, exact decimal text', examples: ['102185.175'] });
export const userId = Type.String({ examples: ['a1b2c3d4-e5f6-7890-1234-567890abcdef'] });
export const version = (description: string) => Type.Integer({ description, examples: [7] });
export const orNull = <Schema extends Type.TSchema>(type: Schema, options: Type.TSchemaOptions = {}) =>
  Type.Union([type, Type.Null()], options);

/** Of lists: how many rows at most. */
export const limit = (byDefault: number, max = 1_000) =>
  Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,5}$',
      description: `a whole number from 1 to ${max}; ${byDefault} where it is not said`,
      examples: [String(byDefault)],
    }),
  );
/** Of lists: where the next page begins, and that it was said by the page before. */
export const cursor = Type.Optional(
  Type.String({ maxLength: 200, description: '`next` of the page before', examples: ['azE3Njk0NzIwMDAwMDA'] }),
);
export const next = orNull(Type.String({ examples: ['azE3Njk0NzIwMDAwMDA'] }), {
  description: 'where the next page begins; null on the last one',
});

/** How far back a chart asks. */
export const range = <Names extends string[]>(names: readonly [...Names], fallback: Names[number]) =>
  Type.Optional(
    Type.Enum(names, { description: `how far back; ${fallback} where it is not said`, examples: [fallback] }),
  );

export const messageAnswer = (example: string) =>
  Type.Object({ message: Type.String({ examples: [example] }) }, { description: 'Done.' });
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
