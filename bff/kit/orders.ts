import { randomUUID } from 'node:crypto';
import type * as wire from '@tickfolio/gen/orders/v1';
import { AppError, type AppErrorOptions, type ErrorCode, invalidCursor } from '@tickfolio/lib/errors';
import type { NamedOrder, OrdersClient } from '../orders/orders-client.js';
import type { Asker } from '../portfolios/portfolio-client.js';

const atMs = Date.UTC(2026, 10, 30, 10);
const tradeId = 3735683401;

/** A refusal as the real service words it: the word is that of the field. */
const refusal = (code: ErrorCode, field: string, reason: string, more: Omit<AppErrorOptions, 'fields'> = {}) =>
  new AppError(code, `${reason}; nothing was placed.`, { ...more, fields: [{ field, message: reason, reason }] });

/** An order as refusals have it in their facts. */
const viewOf = ({ id, status, clientOrderId }: wire.Order): string => JSON.stringify({ id, status, clientOrderId });

/**
 * An orders service that keeps what it is told, in memory, and does with it what a test says. Refuses as the real one
 * does, of what the tests ask.
 */
export const createFakeOrders = () => {
  const kept = new Map<string, { readonly userId: string; order: wire.Order; readonly asked: string }>();
  const asked: { readonly asker: Asker; readonly order: NamedOrder }[] = [];
  const state = {
    /** What is said of every order that is placed. */
    refuses: undefined as AppError | undefined,
    /** Whether it is decided at once what is kept for an order. */
    decides: true,
    /** Nobody answers. */
    down: false,
    /** What is done is done, and the answer does not come in time. */
    isLate: false,
  };
  const requireUp = () => {
    if (state.down) throw new AppError('unavailable', 'Nobody answers.', { retryAfterMs: 1_000 });
  };
  const late = () => {
    if (state.isLate) throw new AppError('deadline_exceeded', 'It is not known whether this was done.');
  };
  const find = (userId: string, id: string) => {
    requireUp();
    const found = kept.get(id);
    if (found?.userId !== userId) throw refusal('not_found', 'order_id', 'not-found');
    return found;
  };
  const change = (id: string, more: Partial<wire.Order>): wire.Order => {
    const found = kept.get(id);
    if (!found) throw new Error('no such order');
    found.order = { ...found.order, ...more, version: found.order.version + 1 };
    return found.order;
  };
  const isOpen = ({ status }: wire.Order) => ['PENDING', 'NEW', 'PARTIALLY_FILLED'].includes(status);
  const make = (portfolioId: string, order: NamedOrder): wire.Order => ({
    ...{ id: randomUUID(), clientOrderId: order.clientOrderId, portfolioId, symbol: order.symbol.toLowerCase() },
    ...{ baseAsset: 'BTC', quoteAsset: 'USDT', side: order.side, type: order.type, timeInForce: order.timeInForce },
    ...{ quantity: order.quantity, quoteQuantity: order.quoteQuantity, price: order.price },
    ...{ stopPrice: order.stopPrice, icebergQuantity: order.icebergQuantity },
    ...{ status: state.decides ? 'NEW' : 'PENDING', working: state.decides, filledQuantity: '0', filledQuote: '0' },
    ...{ fees: [], reserved: { asset: 'USDT', quantity: '34000' }, settled: true, reason: undefined, mode: 'paper' },
    ...{ executionId: undefined, simulatedPrices: false, gap: undefined, version: state.decides ? 2 : 1 },
    ...{ createdAtMs: atMs, updatedAtMs: atMs, endedAtMs: undefined },
  });
  const requireListed = ({ symbol, portfolioId }: NamedOrder) => {
    if (portfolioId === 'nowhere') throw new AppError('not_found', 'There is no such portfolio.');
    if (portfolioId === 'archived') throw refusal('failed_precondition', 'portfolio_id', 'archived');
    if (symbol === 'nosuch') throw refusal('unprocessable', 'symbol', 'unknown-symbol');
  };
  const cancel = (found: { order: wire.Order }): wire.Order =>
    change(found.order.id, { status: 'CANCELED', working: false, reason: 'user' });
  /** Of one order: a fill, for what wants to be read. */
  const fill = (orderId: string): wire.Fill => ({
    ...{ id: randomUUID(), orderId, tradeId, price: '67999.8', quantity: '0.3', quote: '20399.94' },
    ...{ fee: undefined, feeAsset: undefined, maker: true, tradedAtMs: atMs, model: 'tape' },
  });
  const client: OrdersClient = {
    place: async (asker, order) => {
      requireUp();
      asked.push({ asker, order });
      if (state.refuses) throw state.refuses;
      requireListed(order);
      const { clientOrderId, ...rest } = order;
      const before = [...kept.values()].find(
        (one) => one.userId === asker.userId && one.order.clientOrderId === clientOrderId,
      );
      if (before && before.asked !== JSON.stringify(rest))
        throw refusal('already_exists', 'client_order_id', 'duplicate-client-order-id');
      if (before) return { order: before.order, repeatedRequest: true, decided: before.order.status !== 'PENDING' };
      const made = make(order.portfolioId ?? randomUUID(), order);
      kept.set(made.id, { userId: asker.userId, order: made, asked: JSON.stringify(rest) });
      late();
      return { order: made, repeatedRequest: false, decided: state.decides };
    },
    test: async (_asker, order) => {
      requireUp();
      if (state.refuses) throw state.refuses;
      requireListed(order);
      return {
        reserve: { asset: 'USDT', quantity: '34000' },
        estimatedFee: { asset: 'BTC', quantity: '0.0005' },
      };
    },
    cancel: async ({ userId }, orderId) => {
      const found = find(userId, orderId);
      if (!isOpen(found.order))
        throw refusal('failed_precondition', 'order_id', 'already-ended', { facts: { order: viewOf(found.order) } });
      const decided = found.order.status !== 'PENDING';
      const order = decided ? cancel(found) : found.order;
      late();
      return { order, decided };
    },
    cancelAll: async ({ userId }, { symbol, portfolioId }) => {
      requireUp();
      late();
      const mine = [...kept.values()].filter(
        (one) =>
          one.userId === userId &&
          isOpen(one.order) &&
          (symbol === undefined || one.order.symbol === symbol.toLowerCase()) &&
          (portfolioId === undefined || one.order.portfolioId === portfolioId),
      );
      return { canceled: mine.map((one) => cancel(one).id), failed: [] };
    },
    get: async ({ userId }, orderId) => find(userId, orderId).order,
    list: async ({ userId }, { symbol, status, limit, cursor }) => {
      requireUp();
      const mine = [...kept.values()].filter((one) => one.userId === userId).map(({ order }) => order);
      const wanted = mine
        .filter((order) => symbol === undefined || order.symbol === symbol.toLowerCase())
        .filter((order) => status === undefined || isOpen(order) === (status === 'open'))
        .reverse();
      const from = cursor === '' ? 0 : wanted.findIndex(({ id }) => id === cursor) + 1;
      if (cursor !== '' && from === 0) throw invalidCursor();
      const orders = wanted.slice(from, from + limit);
      return { orders, next: wanted.length > from + limit ? (orders.at(-1)?.id ?? '') : '' };
    },
    listFills: async ({ userId }, { orderId, cursor }) => {
      find(userId, orderId);
      if (cursor !== '') throw invalidCursor();
      return { fills: [fill(orderId)], next: '' };
    },
    listEvents: async ({ userId }, { orderId, cursor }) => {
      const { order } = find(userId, orderId);
      if (cursor !== '') throw invalidCursor();
      const time = new Date(atMs).toISOString();
      const event = {
        id: randomUUID(),
        type: 'order.created',
        schema: 1,
        source: 'orders',
        epoch: 1,
        version: 1,
        time,
      };
      return { events: [JSON.stringify({ ...event, data: { orderId: order.id, symbol: order.symbol } })], next: '' };
    },
    proof: async ({ userId }, orderId) => {
      find(userId, orderId);
      const { price, quantity, tradedAtMs } = fill(orderId);
      const trade = { tradePrice: '67999.5', tradeQuantity: '0.4', takenBefore: '0', buyerIsMaker: true };
      return {
        ...{ model: 'tape', rules: { touch: 'never' }, acceptedAfterTrade: tradeId - 1, endedAfterTrade: undefined },
        fills: [{ tradeId, price, quantity, ...trade, tradedAtMs }],
        verify: `GET /api/v3/aggTrades?symbol=BTCUSDT&fromId=${tradeId}`,
      };
    },
    check: async () => (state.down ? 'is down' : undefined),
    close: () => undefined,
  };
  return { client, state, asked, change, refusal };
};
