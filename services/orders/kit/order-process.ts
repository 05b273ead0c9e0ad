import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { compare, formatDecimal, parseDecimal, subtract } from '@tickfolio/lib/money';
import { openServerPostgres, type ServerPostgresOptions } from '@tickfolio/lib/postgres/server';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { createPortfolioClient, orderTopics, type StartExecution, startOrders } from '../app.js';
import { fill } from '../saga/fills.js';
import { referenceOf } from '../store/order-plan.js';
import type { OrderRow } from '../store/records.js';

// Started by the test of kills: the service over a real server and a real portfolio service, with trades of its own, one
// after the other, each of which fills a part of the oldest order.
const [settings = '{}'] = process.argv.slice(2);
const { server, portfolio, port } = JSON.parse(settings) as {
  readonly server: Omit<ServerPostgresOptions, 'log' | 'clock'>;
  readonly portfolio: string;
  readonly port: number;
};
const log = silentLogger();
const tape = { venue: 'binance', symbol: 'btcusdt' };
const tradeMs = 20;
const most = parseDecimal('0.4');

const stepOf = (order: OrderRow, tradeId: number) => {
  const rest = subtract(parseDecimal(order.quantity ?? '0'), parseDecimal(order.filledQuantity));
  const isLast = compare(rest, most) <= 0;
  const quantity = formatDecimal(isLast ? rest : most);
  const isBuy = order.side === 'BUY';
  const fee = { asset: isBuy ? 'BTC' : 'USDT', amount: isBuy ? '0.0001' : '0.01' };
  return {
    orderId: order.id,
    decide: fill({
      ...{ tradeId, quantity, isLast, price: '100', maker: true, tradedAtMs: tradeId },
      trade: { price: '99', quantity: '0.4', takenBefore: '0', buyerIsMaker: true },
      feeChoices: [fee],
      // Of no schedule, since these are no rates.
      feeScheduleId: 0,
    }),
  };
};
const trades: StartExecution = ({ store, wake }) => {
  const trade = async () => {
    const { revision, position, orders } = await store.orders(tape, false);
    const id = (position?.lastTradeId ?? 0) + 1;
    const prices = { lastPrice: '100', askPrint: '100', bidPrint: '100', simulated: false };
    const to = { lastTradeId: id, watermarkMs: id, lastTradeMs: id, ...prices };
    const counted = orders.find(({ acceptedAfterTrade }) => acceptedAfterTrade !== null);
    const from = { revision, lastTradeId: position?.lastTradeId };
    const advanced = await store.advance(tape, { from, to, steps: counted ? [stepOf(counted, id)] : [] });
    if (advanced.kind === 'done') wake(advanced.changed);
  };
  let trading: Promise<void> | undefined;
  const timer = clock.every(tradeMs, () => {
    trading ??= trade()
      .catch(() => undefined)
      .finally(() => {
        trading = undefined;
      });
  });
  return {
    reference: async (symbol) => {
      const { position } = await store.orders({ venue: 'binance', symbol }, false);
      return position && referenceOf(position);
    },
    problem: () => undefined,
    close: async () => {
      timer.cancel();
      await trading;
    },
  };
};

const postgres = await openServerPostgres({ ...server, log, clock });
const listed: ListSymbolsResponse = {
  revision: 'test',
  simulated: false,
  symbols: [
    {
      ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING' },
      ...{ tickSize: '0.01', stepSize: '0.00001', paused: false, orderTypes: [] },
    },
  ],
};
await startOrders(
  {
    postgres,
    eventLog: createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: orderTopics }),
    accounts: async () => ({ events: [], next: 0 }),
    portfolio: createPortfolioClient({ clock, target: portfolio }),
    socket: { symbols: async () => listed, check: async () => undefined },
    startExecution: trades,
    clock,
    random: Math.random,
    log,
    metrics: createMetrics('orders'),
  },
  { address: { host: '127.0.0.1', port }, limits: { maxASecond: 1_000, maxOpenOfSymbol: 1_000 } },
);
process.stdout.write('serving\n');
