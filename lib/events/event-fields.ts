import { Type } from 'typebox';

/** What the data of domain events has in common. */

/** Of a user, a portfolio, a session … */
export const id = (description: string, example = '0199a3c2-7d10-7000-8000-000000000001') =>
  Type.String({ minLength: 1, maxLength: 200, description, examples: [example] });
/** One of few, which grow in number: a reader takes those that it does not know. */
export const word = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 100, description, examples: [example] });
export const name = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 200, description, examples: [example] });
export const portfolioId = id('Of the portfolio.', '0199a3c2-7d10-7000-8000-000000000002');
export const asset = Type.String({
  minLength: 1,
  maxLength: 32,
  description: 'As the exchange writes it, upper case.',
  examples: ['BTC'],
});
export const symbol = Type.String({ minLength: 1, maxLength: 32, description: 'Lower case.', examples: ['btcusdt'] });
export const moment = (description: string) =>
  Type.String({
    format: 'date-time',
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
    description,
    examples: ['2026-11-28T07:40:00.123Z'],
  });

/** One text for each number, with the digits that a quantity may have. */
const digits = '(0|[1-9]\\d{0,19})';
const decimals = '\\.\\d{0,17}[1-9]';
/** Exact decimal text, never below zero. */
export const quantity = (description: string, example: string) =>
  Type.String({ pattern: `^${digits}(${decimals})?$`, description, examples: [example] });
/** Exact decimal text, with a `-` where something was taken away. */
export const difference = (description: string, example: string) =>
  Type.String({ pattern: `^(0|-?[1-9]\\d{0,19}|-?${digits}${decimals})$`, description, examples: [example] });
