import { AppError, type FieldError } from '@tickfolio/lib/errors';
import { defaultRange, type RangeName, rangeNames } from '../archive/bars.js';
import { type SortColumn, type SortDirection, sortColumns } from '../archive/latest-tickers.js';
import { type PageStart, parseCursor } from '../archive/ticker-pages.js';
import { defaultPageSize, pageSizes, type SymbolQuery } from './symbol-page.js';
import type { TickersQuery } from './tickers-page.js';

/**
 * Reads the parameters of an address one by one and remembers every fault. Parameters that nobody asks for are let be.
 */
const createInput = (query: unknown) => {
  const given = query as Readonly<Record<string, unknown>>;
  const faults: FieldError[] = [];
  const refuse = (field: string, message: string) => void faults.push({ field, message });
  const text = (field: string): string | undefined => {
    const value = given[field];
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    refuse(field, 'must be given once');
    return undefined;
  };
  return {
    text,
    refuse,
    oneOf: <T extends string>(field: string, allowed: readonly T[], fallback: T): T => {
      const value = text(field);
      if (value === undefined) return fallback;
      const found = allowed.find((name) => name === value);
      if (found === undefined) refuse(field, `must be one of ${allowed.join(', ')}`);
      return found ?? fallback;
    },
    /** @throws AppError invalid_argument with all faults */
    done: () => {
      if (faults.length > 0)
        throw new AppError('invalid_argument', 'The address has parameters that cannot be used.', { fields: faults });
    },
  };
};

const maxFilterLength = 32;
const maxPage = 10_000;

/** @throws AppError invalid_argument */
export const readTickersQuery = (query: unknown): TickersQuery => {
  const input = createInput(query);
  const q = (input.text('q') ?? '').trim();
  if (q.length > maxFilterLength) input.refuse('q', `must be at most ${maxFilterLength} characters long`);
  const pageText = input.text('page') ?? '1';
  const page = /^\d{1,5}$/.test(pageText) ? Number(pageText) : 0;
  if (page < 1 || page > maxPage) input.refuse('page', `must be a whole number from 1 to ${maxPage}`);
  const sort = input.oneOf<SortColumn>('sort', sortColumns, 'symbol');
  const dir = input.oneOf<SortDirection>('dir', ['asc', 'desc'], 'asc');
  input.done();
  return { q, sort, dir, page };
};

/** @throws AppError invalid_argument */
export const readRange = (query: unknown): RangeName => {
  const input = createInput(query);
  const range = input.oneOf('range', rangeNames, defaultRange);
  input.done();
  return range;
};

const timePattern = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?$/;

/** A time in UTC, to the end of its last given unit; undefined for none. */
const parseTime = (text: string): number | undefined => {
  if (!timePattern.test(text)) return undefined;
  const plain = text.replace(' ', 'T').replace('Z', '');
  const atMs = Date.parse(`${plain}Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(atMs) || atMs < 0 || !new Date(atMs).toISOString().startsWith(plain.slice(0, 16))) return undefined;
  return plain.includes('.') ? atMs : atMs + (plain.length === 16 ? 59_999 : 999);
};

/** @throws AppError invalid_argument */
export const readSymbolQuery = (symbol: string, query: unknown): SymbolQuery => {
  const input = createInput(query);
  const range = input.oneOf('range', rangeNames, defaultRange);
  const size = Number(input.oneOf('size', pageSizes.map(String), String(defaultPageSize)));
  let start: PageStart = { kind: 'newest' };
  const named = (['before', 'after', 'at'] as const).filter((field) => input.text(field) !== undefined);
  if (named.length > 1) input.refuse(named[1] ?? '', `cannot stand beside ${named[0]}`);
  for (const field of ['before', 'after'] as const) {
    const text = input.text(field);
    if (text === undefined) continue;
    const cursor = parseCursor(text);
    if (cursor) start = { kind: field === 'before' ? 'older' : 'newer', cursor };
    else input.refuse(field, 'must be a place in the table, as the links of the page have it');
  }
  const at = input.text('at');
  if (at !== undefined) {
    const eventMs = parseTime(at);
    if (eventMs === undefined) input.refuse('at', 'must be a time in UTC such as 2026-01-27 10:00:00');
    else start = { kind: 'at', eventMs };
  }
  input.done();
  return { symbol, range, size: pageSizes.find((one) => one === size) ?? defaultPageSize, start };
};
