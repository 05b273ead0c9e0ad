import { createSocketClient, startAggregator } from '@tickfolio/aggregator/app';
import type { ReferenceTrade } from '@tickfolio/aggregator/kit/reference-second-stats';
import { type ExchangeSimOptions, type RecordedTrade, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventMessage } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { createPriceBus, type LastPrice, type SecondStat } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, type Logger, silentLogger } from '@tickfolio/lib/telemetry';
import { type SocketLimits, startSocket } from '@tickfolio/socket/app';
import { expect } from 'vitest';
import { callJson } from './client.js';

/**
 * Exchange, socket and aggregator over real WebSocket and real gRPC; every published second, told price and archived
 * ticker is kept. For tests.
 */
export const startPath = async (
  options: ExchangeSimOptions,
  followed: readonly string[],
  { limits = {}, log = silentLogger() }: { readonly limits?: Partial<SocketLimits>; readonly log?: Logger } = {},
) => {
  const clock = systemClock;
  const record = new Map<string, ReferenceTrade[]>();
  const keep = (trade: RecordedTrade) => {
    const symbol = trade.symbol.toLowerCase();
    const list = record.get(symbol) ?? [];
    record.set(symbol, list);
    list.push({ id: trade.id, price: trade.price, quantity: trade.quantity, timeMs: trade.timeMs });
  };
  const sim = await startExchangeSim({ clock, log: silentLogger() }, { ...options, recordSink: keep });
  const socketMetrics = createMetrics('socket');
  const socket = await startSocket(
    { clock, log, metrics: socketMetrics },
    { address: { host: '127.0.0.1', port: 0 }, exchangeWsUrl: sim.url, exchangeRestUrl: sim.restUrl, limits },
  );
  const client = createSocketClient({ clock, target: `127.0.0.1:${socket.port}` });
  const pubsub = createMemoryPubSub();
  const priceBus = createPriceBus(pubsub);
  const published: SecondStat[] = [];
  const told: LastPrice[] = [];
  await priceBus.subscribe(followed, { second: (stat) => published.push(stat), price: (last) => told.push(last) });
  const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('event-log'), maxMessages: 1_000 });
  /** As JSON. */
  const tickers: string[] = [];
  const kept = {
    ...eventLog,
    publish: (topic: string, message: EventMessage) => {
      tickers.push(String(message.value));
      eventLog.publish(topic, message);
    },
  };
  const aggregator = await startAggregator(
    { clock, log, metrics: createMetrics('aggregator'), priceBus, eventLog: kept, socket: client },
    { address: { host: '127.0.0.1', port: 0 } },
  );
  const answer = await callJson(`http://127.0.0.1:${aggregator.port}`, 'PUT', '/subscriptions/test', {
    symbols: followed,
  });
  expect(answer.status).toBe(200);
  return {
    sim,
    record,
    published,
    told,
    tickers,
    socketMetrics,
    aggregator,
    close: async () => {
      await aggregator.close();
      client.close();
      await socket.close();
      await sim.close();
      await eventLog.close();
      await pubsub.close();
    },
  };
};
