import { AppError } from '@tickfolio/lib/errors';
import { validate } from 'uuid';

const maxPage = 500;

/** What a page of something comes after, and how much it has. */
export interface PageAsked {
  /** The id of the last of the page before, empty for the first. */
  readonly after: string;
  readonly limit: number;
}

const refuse = (field: keyof PageAsked, words: string, message: string): AppError =>
  new AppError('invalid_argument', words, { fields: [{ field, message }] });

/** @throws AppError invalid_argument for what is no page */
export const requirePage = ({ after, limit }: PageAsked): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) {
    const message = `must be a whole number from 1 to ${maxPage}`;
    throw refuse('limit', `The limit ${message}.`, message);
  }
  if (after !== '' && !validate(after))
    throw refuse('after', 'There is no such page.', 'must be `next` of the page before');
};
