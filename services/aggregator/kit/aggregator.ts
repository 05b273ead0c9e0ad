import { type Clock, systemClock } from '@tickfolio/lib/clock';
import type { EventMessage } from '@tickfolio/lib/event-log';
import type { LastPrice, PriceBus, SecondStat } from '@tickfolio/lib/price-bus';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { type Aggregator, type AggregatorDeps, type AggregatorOptions, startAggregator } from '../app.js';
import { connectSocket } from './socket.js';

/** The service with its HTTP and gRPC real and its outputs kept, for tests. */
export interface AggregatorRig {
  readonly app: Aggregator;
  readonly url: string;
  readonly published: SecondStat[];
  readonly told: LastPrice[];
  readonly events: { readonly topic: string; readonly message: EventMessage }[];
  /** What the price bus and the event log answer to a check. */
  busFault: string | undefined;
  logFault: string | undefined;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export const startRig = async (
  socketPort: number,
  options: Partial<AggregatorOptions> = {},
  clock: Clock = systemClock,
  deps: Partial<AggregatorDeps> = {},
): Promise<AggregatorRig> => {
  const published: SecondStat[] = [];
  const told: LastPrice[] = [];
  const events: { topic: string; message: EventMessage }[] = [];
  const metrics = createMetrics('aggregator');
  const socket = connectSocket(socketPort);
  const unused = () => Promise.reject(new Error('not used here'));
  const priceBus: PriceBus = {
    publish: (stat) => published.push(stat),
    publishPrice: (last) => told.push(last),
    setLast: () => undefined,
    through: unused,
    resume: unused,
    keepThrough: () => undefined,
    forgetThrough: () => undefined,
    release: () => undefined,
    settled: async () => undefined,
    last: unused,
    subscribe: unused,
    check: async () => rig.busFault,
  };
  const eventLog = {
    publish: (topic: string, message: EventMessage) => void events.push({ topic, message }),
    check: async () => rig.logFault,
  };
  const app = await startAggregator(
    { clock, log: silentLogger(), metrics, priceBus, eventLog, socket, ...deps },
    { address: { host: '127.0.0.1', port: 0 }, ...options },
  );
  const url = `http://127.0.0.1:${app.port}`;
  const rig: AggregatorRig = {
    app,
    url,
    published,
    told,
    events,
    busFault: undefined,
    logFault: undefined,
    call: async (method, path, body, headers = {}) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = typeof body === 'string' || body === undefined ? (body ?? null) : JSON.stringify(body);
      const response = await fetch(url + path, {
        method,
        headers: { ...type, ...headers },
        body: sent as string | null,
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
    },
    metric: async (name) => {
      const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`tickfolio_aggregator_${name} `));
      return line === undefined ? Number.NaN : Number(line.split(' ')[1]);
    },
    close: async () => {
      await app.close();
      socket.close();
    },
  };
  return rig;
};
