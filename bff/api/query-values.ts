import { invalidField, invalidLimit } from '@tickfolio/lib/errors';
import { isMarketTime } from '@tickfolio/lib/market/market-time';

/**
 * A moment as a query names it: ISO 8601 or epoch milliseconds. @returns epoch milliseconds; undefined where none is
 * named. @throws AppError invalid_argument
 */
export const readTime = (field: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const timeMs = /^\d{1,14}$/.test(text) ? Number(text) : Date.parse(text);
  if (isMarketTime(timeMs)) return timeMs;
  throw invalidField(field, 'must be a time such as 2026-01-27T10:00:00Z, or epoch milliseconds');
};

/**
 * What a schema takes for a moment. @returns epoch milliseconds @throws AppError invalid_argument for one that no clock
 * here shows, such as a leap second
 */
export const readMoment = (field: string, text: string): number => {
  const timeMs = Date.parse(text);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw invalidField(field, 'must be a time such as 2026-01-27T10:00:00Z');
};

/** How many rows a list is to have at most. @throws AppError invalid_argument */
export const readLimit = (text: string | undefined, byDefault: number, max: number): number => {
  if (text === undefined) return byDefault;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= max) return limit;
  throw invalidLimit(max);
};
