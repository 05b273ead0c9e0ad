import { AppError, type FieldError } from '@tickfolio/lib/errors';
import { isSymbol } from '@tickfolio/lib/market/symbol';

/** The error for a field of a request. */
export const refuse = (field: string, message: string): AppError => {
  const fields: FieldError[] = [{ field, message }];
  return new AppError('invalid_argument', `${field} ${message}.`, { fields });
};

/** @throws AppError invalid_argument */
export const checkSymbol = (symbol: string, field: string): void => {
  if (!isSymbol(symbol)) throw refuse(field, 'must be a symbol in lower case, such as btcusdt');
};
