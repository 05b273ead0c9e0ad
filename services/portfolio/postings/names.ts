import { isSymbol, maxSymbolLength } from '@tickfolio/lib/market/symbol';
import { booksRefusal } from './refusal.js';

/** Assets have names like those of symbols, in upper case; there is one way to write each. */
export const readAsset = (text: string, field: string): string => {
  if (text.length <= maxSymbolLength && isSymbol(text.toLowerCase())) return text.toUpperCase();
  throw booksRefusal('invalid_argument', field, 'invalid-argument', 'This is no name of an asset.');
};

/** The symbol by which an asset is valued; empty for cash. */
export const readVia = (text: string, field: string): string => {
  if (text === '' || isSymbol(text.toLowerCase())) return text.toLowerCase();
  throw booksRefusal('invalid_argument', field, 'invalid-argument', 'This is no name of a symbol.');
};

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isId = (text: string): boolean => uuidPattern.test(text);

/** Of an order, an execution or a fill. */
export const readId = (text: string, field: string): string => {
  if (isId(text)) return text.toLowerCase();
  throw booksRefusal('invalid_argument', field, 'invalid-argument', 'The id must be a UUID.');
};

/** A symbol that must be there. */
export const readSymbol = (text: string, field: string): string => {
  const symbol = readVia(text, field);
  if (symbol !== '') return symbol;
  throw booksRefusal('invalid_argument', field, 'invalid-argument', 'A symbol must be named.');
};
