import { isProblem, type Problem } from '@tickfolio/client/problem';
import { faultText } from '../../kit/fault-text.js';
import type { TradeWords } from '../../text/trade/use-trade-text.js';
import type { AmountUnit, DraftField } from './draft.js';

/** What the server allows instead. */
export interface Nearest {
  readonly field: DraftField;
  /** Exact. */
  readonly value: string;
  /** Of an amount: what it is said in. */
  readonly unit?: AmountUnit;
}

/** Why an order is not placed. */
export interface OrderRefusal {
  /** What has to be said otherwise; undefined where it is no single field. */
  readonly field: DraftField | undefined;
  readonly words: string;
  readonly nearest: Nearest | undefined;
  /** Nothing is wrong with the order: it is tried again by itself. */
  readonly isPassing: boolean;
  /** There is less than it needs. */
  readonly isShort: boolean;
}

const fieldsOf: Readonly<Record<string, Pick<Nearest, 'field' | 'unit'>>> = {
  quantity: { field: 'amount', unit: 'base' },
  quoteQuantity: { field: 'amount', unit: 'quote' },
  price: { field: 'price' },
  stopPrice: { field: 'stopPrice' },
};

/** The numbers behind a refusal, as texts. */
const factOf = ({ facts }: Problem, name: string): string | undefined => {
  const said = facts[name];
  return typeof said === 'string' && /^\d+(\.\d+)?$/.test(said) ? said : undefined;
};

/** The word of it: of a field where one is at fault, else of the whole. */
const reasonOf = (problem: Problem): string => [...problem.reasons.values()][0] ?? problem.reason;

const passing: ReadonlySet<string> = new Set(['no-price-yet', 'orders-away', 'portfolio-away', 'market-away']);

const wordsOf = (problem: Problem, reason: string, text: TradeWords): string => {
  const words = (text.orderFaults as Readonly<Record<string, string>>)[reason];
  if (words !== undefined) return words;
  return problem.status === 503 ? text.orderFaults['orders-away'] : faultText(problem, text);
};

/** Why an order is not placed, in the reader's words. */
export const orderRefusalOf = (thrown: unknown, text: TradeWords): OrderRefusal => {
  if (!isProblem(thrown))
    return { field: undefined, words: faultText(thrown, text), nearest: undefined, isPassing: false, isShort: false };
  const reason = reasonOf(thrown);
  const [name = ''] = thrown.fields.keys();
  const at = fieldsOf[name];
  const value = factOf(thrown, 'nearest');
  const isShort = reason === 'insufficient-balance';
  return {
    field: at?.field ?? (isShort ? 'amount' : undefined),
    words: wordsOf(thrown, reason, text),
    nearest: at && value !== undefined ? { ...at, value } : undefined,
    isPassing: passing.has(reason) || thrown.status === 0 || thrown.status >= 500,
    isShort,
  };
};
