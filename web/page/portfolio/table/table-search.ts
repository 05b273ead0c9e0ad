import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Order, orderNames } from './arrangement.js';

/** What of the table stands in the address of its page. */
export interface TableSearch {
  /** What the rows are sorted by, and `-` before it where they are from the largest to the smallest, or from Z to A. */
  readonly sort?: string | undefined;
  /** What the rows are filtered by. */
  readonly find?: string | undefined;
}

const maxLength = 64;
const usual = '-value';

/** From A or from the smallest: names are so by themselves, figures are not. */
export const isAscending = ({ by, isReversed }: Order): boolean => (by === 'name') !== isReversed;

const sortOf = (order: Order): string => `${isAscending(order) ? '' : '-'}${order.by}`;

const orderOf = (sort: string): Order | undefined => {
  const by = orderNames.find((name) => name === sort.replace(/^-/, ''));
  return by && { by, isReversed: (by === 'name') === sort.startsWith('-') };
};

/** Of an address that somebody may have written by hand; what reads like a number is one there. */
export const readTableSearch = ({ sort, find }: Readonly<Record<string, unknown>>): TableSearch =>
  // Undefined where it is none: what is left out stays as it is written.
  ({
    sort: typeof sort === 'string' && sort !== usual && orderOf(sort) ? sort : undefined,
    find:
      (typeof find === 'string' && find !== '') || typeof find === 'number' ? `${find}`.slice(0, maxLength) : undefined,
  }) satisfies Required<TableSearch>;

/** The order and the filter of the table, and how to ask for others: the address tells them, so a link and a reload do. */
export const useTableSearch = () => {
  const { sort = usual, find = '' }: TableSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  return useMemo(() => {
    const ask = (next: TableSearch) =>
      void navigate({
        to: '.',
        search: (before) => ({ ...before, ...next }),
        replace: true,
        resetScroll: false,
      });
    return {
      order: orderOf(sort) ?? { by: 'value' as const, isReversed: false },
      find,
      askOrder: (order: Order) => ask({ sort: sortOf(order) === usual ? undefined : sortOf(order) }),
      askFind: (text: string) => ask({ find: text === '' ? undefined : text.slice(0, maxLength) }),
    };
  }, [sort, find, navigate]);
};
