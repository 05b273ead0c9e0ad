import { AppError } from '@tickfolio/lib/errors';
import type { Symbols } from '../market/symbols.js';
import { refusalOf } from './order-refusals.js';
import type { OrdersClient } from './orders-client.js';

/** With the one that was meant, where there is one close to it. */
const suggesting = (thrown: unknown, symbol: string, symbols: Pick<Symbols, 'resolve'>): unknown => {
  const isUnknown = thrown instanceof AppError && thrown.fields.some(({ reason }) => reason === 'unknown-symbol');
  if (!isUnknown) return thrown;
  try {
    symbols.resolve(symbol.toLowerCase());
  } catch (closer) {
    if (!(closer instanceof AppError)) return thrown;
    const { code, told } = thrown;
    const { message, fields } = closer;
    return new AppError(code, message, { cause: thrown, fields, told });
  }
  return thrown;
};

/** The orders service, whose refusals are told as they are over REST. */
export const withToldRefusals = (client: OrdersClient, symbols: Pick<Symbols, 'resolve'>): OrdersClient => {
  const told =
    <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
    (...asked: Asked): Promise<Answer> =>
      ask(...asked).catch((thrown: unknown) => {
        throw refusalOf(thrown);
      });
  const ofSymbol =
    <Asked extends { readonly symbol: string }, Asker, Answer>(ask: (asker: Asker, asked: Asked) => Promise<Answer>) =>
    (asker: Asker, asked: Asked): Promise<Answer> =>
      ask(asker, asked).catch((thrown: unknown) => {
        throw suggesting(refusalOf(thrown), asked.symbol, symbols);
      });
  return {
    ...client,
    place: ofSymbol(client.place),
    test: ofSymbol(client.test),
    cancel: told(client.cancel),
    cancelAll: told(client.cancelAll),
    get: told(client.get),
    list: told(client.list),
    listFills: told(client.listFills),
    listEvents: told(client.listEvents),
    proof: told(client.proof),
  };
};
