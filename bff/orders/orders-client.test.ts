import { Order, OrderServiceService, type PlaceRequest } from '@tickfolio/gen/orders/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createGrpcServer } from '@tickfolio/lib/grpc';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, expect, it } from 'vitest';
import { refusalOf } from './order-refusals.js';
import type { NamedOrder } from './orders-client.js';
import { createOrderCalls } from './user-turns.js';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const late = new AppError('deadline_exceeded', 'Too late.');
const order = Order.fromPartial({ id: 'o-1', status: 'NEW', reserved: { asset: 'USDT', quantity: '1' } });

/** A service that answers each call as a test says: with an order, where it says nothing. */
const serve = async (answers: { place?: () => AppError | undefined; cancel?: () => AppError | undefined }) => {
  const asked: string[] = [];
  const state = { open: 0, most: 0, hold: Promise.resolve() };
  const server = createGrpcServer({ log: silentLogger(), drainMs: 100 });
  const unused = server.unary(() => Promise.reject(new Error('not used')));
  const say = (what: string, refusal: AppError | undefined) => {
    asked.push(what);
    if (refusal) throw refusal;
  };
  server.addService(OrderServiceService, {
    ...{ test: unused, list: unused, listFills: unused, listEvents: unused, proof: unused, get: unused },
    place: server.unary(async ({ clientOrderId }: PlaceRequest) => {
      state.open += 1;
      state.most = Math.max(state.most, state.open);
      await state.hold;
      state.open -= 1;
      say(`place ${clientOrderId}`, answers.place?.());
      return { order, repeatedRequest: false, decided: true };
    }),
    cancel: server.unary(async () => {
      say('cancel', answers.cancel?.());
      return { order, decided: true };
    }),
    cancelAll: server.unary(async () => {
      say('cancel all', answers.cancel?.());
      return { canceled: ['o-1'], failed: [] };
    }),
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
  const client = createOrderCalls({ clock: systemClock, target: `127.0.0.1:${port}` });
  closing.push(() => server.close());
  closing.push(() => client.close());
  return { client, asked, state };
};
const asker = { userId: 'u', simulated: false, requestId: 'r' };
const named = (clientOrderId: string): NamedOrder => ({
  ...{ portfolioId: undefined, symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1' },
  ...{ quoteQuantity: undefined, price: '1', stopPrice: undefined, icebergQuantity: undefined, clientOrderId },
});

it('asks once more, under the same name, for an order that was not answered in time', async () => {
  const answers = [late, undefined];
  const { client, asked } = await serve({ place: () => answers.shift() });
  expect(await client.place(asker, named('my-1'))).toMatchObject({ decided: true });
  expect(asked).toEqual(['place my-1', 'place my-1']);
});

it('says of an order that is never answered that nobody knows whether it is placed, and under which name it is once', async () => {
  const { client } = await serve({ place: () => late });
  await expect(client.place(asker, named('my-2'))).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringMatching(
      /^Orders did not answer in time.*not known whether this was done.*clientOrderId my-2/,
    ),
  });
});

it('ends an order once, because that it has ended already would not say who ended it', async () => {
  const { client, asked } = await serve({ cancel: () => late });
  await expect(client.cancel(asker, 'o-1')).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining('Read the order'),
  });
  await expect(client.cancelAll(asker, { symbol: undefined, portfolioId: undefined })).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining('still open'),
  });
  expect(asked).toEqual(['cancel', 'cancel all']);
});

it('hands on that portfolios are away, however often, and goes on asking orders', async () => {
  const fields = [{ field: 'portfolio_id', message: 'away', reason: 'portfolio-away' }];
  const away = new AppError('unavailable', 'Portfolios cannot be reached.', { fields, retryAfterMs: 1_000 });
  const answers = { place: (): AppError | undefined => away };
  const { client } = await serve(answers);
  for (let count = 0; count < 6; count++) {
    const refused = refusalOf(await client.place(asker, named('my-3')).catch((thrown: unknown) => thrown));
    expect(refused).toMatchObject({ code: 'unavailable', problem: 'portfolio-away', retryAfterMs: 1_000 });
  }
  answers.place = () => undefined;
  expect(await client.place(asker, named('my-3'))).toMatchObject({ decided: true });
});

it('has 8 orders of one user on their way at once, and those of another beside them', async () => {
  const { client, state } = await serve({});
  let go: () => void = () => undefined;
  state.hold = new Promise<void>((resolve) => {
    go = resolve;
  });
  const placed = Array.from({ length: 20 }, (_, at) => client.place(asker, named(`my-${at}`)));
  await expect.poll(() => state.open).toBe(8);
  const other = client.place({ ...asker, userId: 'v' }, named('theirs'));
  await expect.poll(() => state.open).toBe(9);
  go();
  await Promise.all([...placed, other]);
  expect(state.most).toBe(9);
});
