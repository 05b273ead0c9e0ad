import { cursorForm, invalidField, invalidLimit } from '@tickfolio/lib/errors';
import { validate } from 'uuid';

const maxPage = 500;

/** What a page of something comes after, and how much it has. */
export interface PageAsked {
  /** The id of the last of the page before, empty for the first. */
  readonly after: string;
  readonly limit: number;
}

/** @throws AppError invalid_argument for what is no page */
export const requirePage = ({ after, limit }: PageAsked): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) throw invalidLimit(maxPage);
  if (after !== '' && !validate(after)) throw invalidField('after', cursorForm);
};
