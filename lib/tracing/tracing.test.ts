import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { traceClickHouse } from '../clickhouse/tracing.js';
import { systemClock } from '../clock/clock.js';
import { StartError } from '../errors/errors.js';
import { createMemoryEventLog } from '../event-log/memory/memory.js';
import { traceEventLog } from '../event-log/tracing.js';
import { makeTestCertificates } from '../kit/certificates.js';
import { startTestCollector } from '../kit/collector.js';
import { startTestProxy, startTestTls } from '../kit/proxy.js';
import { startTracing } from '../otlp/start.js';
import { traceQueries } from '../postgres/tracing.js';
import { createMemoryPubSub } from '../pubsub/memory.js';
import { tracePubSub } from '../pubsub/tracing.js';
import { createLogger, createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { carry, inChildSpan, inSpan, isTracing, traceFields } from './tracing.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const start = async (env: NodeJS.ProcessEnv, log = silentLogger()) => {
  const tracing = await startTracing({ service: 'test', env, log, clock: systemClock, random: () => 0 });
  opened.push(tracing);
  return tracing;
};
/** With a collector; `sent` closes tracing, which sends what waits. */
const traced = async (env: NodeJS.ProcessEnv = {}) => {
  const collector = await startTestCollector();
  opened.push(collector);
  // The exporter reads its settings from the process's environment itself.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...env });
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return {
    sent: async () => {
      await tracing.close();
      return collector.spans;
    },
  };
};

describe('tracing that is off', () => {
  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  ])('does the work only: %j', async (env) => {
    await start(env);
    expect(isTracing()).toBe(false);
    expect(await inSpan('x', {}, () => 1)).toBe(1);
    expect([carry(), traceFields()]).toEqual([{}, {}]);
    const target = { query: () => 2 };
    expect(traceQueries(target, 'db')).toBe(target);
    const eventLog = createMemoryEventLog({
      topics: [],
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('test'),
    });
    opened.push(eventLog);
    expect(traceEventLog(eventLog)).toBe(eventLog);
  });
  it('refuses a ratio that is none', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', TRACE_HOT_PATH_RATIO: 'often' };
    await expect(start(env)).rejects.toThrow(StartError);
  });
});

describe('tracing', () => {
  it('follows a message through the event log to the statements of its batch', async () => {
    const { sent } = await traced({ TRACE_HOT_PATH_RATIO: '1' });
    const plain = createMemoryEventLog({
      topics: [{ name: 'tickers', partitions: 1 }],
      clock: systemClock,
      log: silentLogger(),
      metrics: createMetrics('test'),
    });
    opened.push(plain);
    const eventLog = traceEventLog(plain);
    const clickhouse = traceClickHouse({
      insert: async () => undefined,
      insertLines: async () => undefined,
      query: async () => [],
      command: async () => undefined,
      check: () => Promise.resolve(undefined),
      close: async () => undefined,
    });
    const seen = new Promise<Readonly<Record<string, string>>>((resolve) => {
      const options = { group: 'g', minBatchMessages: 1, maxBatchMessages: 10, maxBatchWaitMs: 10 };
      void eventLog.consume('tickers', options, async ({ messages }) => {
        await clickhouse.insert('crypto.t', ['a'], [['a secret value']]);
        resolve(messages[0]?.headers ?? {});
      });
      eventLog.publish('tickers', { key: 'BTCUSDT', value: '{}', headers: { own: 'kept' } });
    });
    expect(await seen).toEqual({ own: 'kept', traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-01$/) });
    await eventLog.close();
    const spans = await sent();
    const [send, insert, process] = ['send tickers', 'insert crypto.t', 'process tickers'].map((name) =>
      spans.find((span) => span.name === name),
    );
    expect([send?.kind, process?.kind, insert?.kind]).toEqual(['producer', 'consumer', 'client']);
    expect(process).toMatchObject({ service: 'test', parentSpanId: send?.spanId, links: [send?.traceId] });
    expect(insert).toMatchObject({ parentSpanId: process?.spanId, attributes: { 'db.system.name': 'clickhouse' } });
    expect(JSON.stringify(spans)).not.toContain('a secret value');
  });

  it('leaves prices alone that are not among the sampled, and what is no JSON object', async () => {
    await traced({ TRACE_HOT_PATH_RATIO: '0' });
    const published: string[] = [];
    const pubsub = tracePubSub({
      publish: (_channel: string, text: string) => void published.push(text),
      subscribe: async () => ({
        add: async () => undefined,
        remove: async () => undefined,
        close: async () => undefined,
      }),
      retain: () => undefined,
      onReturn: () => undefined,
      forget: () => undefined,
      read: async () => [],
      check: async () => undefined,
      close: async () => undefined,
    });
    pubsub.publish('btcusdt', '{"a":1}');
    await inSpan('request', {}, () => {
      pubsub.publish('btcusdt', '{"a":2}');
      pubsub.publish('tickfolio:notice', 'text');
      pubsub.publish('tickfolio:notice', '{"a":3}');
    });
    expect(published).toEqual([
      '{"a":1}',
      '{"a":2}',
      'text',
      expect.stringMatching(/^\{"a":3,"traceparent":"00-[\da-f-]{52}"\}$/),
    ]);
  });

  it('follows a notice from where it was sent, also one with nothing else in it, of an earlier build, or with the trace among its fields', async () => {
    const { sent } = await traced();
    const plain = createMemoryPubSub();
    opened.push(plain);
    const pubsub = tracePubSub(plain);
    const heard: unknown[] = [];
    let last: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      last = resolve;
    });
    await pubsub.subscribe(['tickfolio:notice'], {
      message: (_channel, text) => heard.push(JSON.parse(text)) === 4 && last(),
    });
    await inSpan('request', {}, () => {
      pubsub.publish('tickfolio:notice', '{}');
      const { traceparent } = carry();
      plain.publish('tickfolio:notice', `{"a":1,"traceparent":"${traceparent}"}`);
      plain.publish('tickfolio:notice', `{ "traceparent" :"${traceparent}", "b": 2}`);
      plain.publish('tickfolio:notice', `{"c":{"traceparent":"${traceparent}"}}`);
    });
    await all;
    const traceparent = expect.stringMatching(/^00-[\da-f-]{52}$/);
    expect(heard).toEqual([{ traceparent }, { a: 1, traceparent }, { b: 2, traceparent }, { c: { traceparent } }]);
    const spans = await sent();
    const [request, send] = ['request', 'send tickfolio:notice'].map((name) =>
      spans.find((span) => span.name === name),
    );
    const parents = spans.filter(({ kind }) => kind === 'consumer').map(({ parentSpanId }) => parentSpanId);
    expect(parents).toEqual([send?.spanId, request?.spanId, request?.spanId]);
  });

  it('shows statements as they are written, never their values, and no polls', async () => {
    const { sent } = await traced();
    const target = { query: async (_query: unknown, _values?: readonly unknown[]) => ({ rows: [] }) };
    const db = traceQueries(target, 'auth_db');
    await db.query({ text: 'select "a" from "polled" where "b" = $1' }, ['poll']);
    await inSpan('request', {}, () => db.query({ text: 'select "a" from "accounts" where "b" = $1' }, ['hunter2']));
    const failing = traceQueries({ query: async () => Promise.reject(new Error('no')) }, 'auth_db');
    await expect(inSpan('bad', {}, () => failing.query())).rejects.toThrow('no');
    const spans = await sent();
    expect(spans.map(({ name }) => name).sort()).toEqual(['bad', 'query', 'request', 'select accounts']);
    expect(spans.find(({ name }) => name === 'select accounts')?.attributes).toMatchObject({
      'db.query.text': 'select "a" from "accounts" where "b" = $1',
    });
    expect(
      spans
        .filter(({ failed }) => failed)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['bad', 'query']);
    expect(JSON.stringify(spans)).not.toMatch(/hunter2|polled/);
  });

  it('makes of a call no trace when what it belonged to has ended', async () => {
    const { sent } = await traced();
    let later: Promise<void> = Promise.resolve();
    await inSpan('request', {}, () => {
      later = new Promise((resolve) => setTimeout(() => void inChildSpan('too late', () => ({}), resolve), 5));
    });
    await later;
    expect((await sent()).map(({ name }) => name)).toEqual(['request']);
  });

  it('reaches a collector outside through the proxy of the company, by its own certificate', async () => {
    const certificates = makeTestCertificates();
    opened.push({ close: certificates.remove });
    const collector = await startTestCollector();
    const tls = await startTestTls(
      Number(new URL(collector.endpoint).port),
      certificates.made('collector.example.com', 1),
    );
    const proxy = await startTestProxy({ places: { 'collector.example.com:443': tls.port }, credentials: 'me:secret' });
    opened.push(collector, tls, proxy);
    const endpoint = 'https://collector.example.com';
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
    const tracing = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(certificates.folder, 'ca.crt'),
      HTTPS_PROXY: `me:secret@127.0.0.1:${proxy.port}`,
    });
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    await inSpan('far away', {}, () => undefined);
    await tracing.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(['far away']);
    expect(proxy.asked).toEqual(['collector.example.com:443']);
  });

  it('says once that the collector is away, keeps a bounded number of spans, and ends in time', async () => {
    const lines: string[] = [];
    const away = 'http://127.0.0.1:1';
    Object.assign(process.env, {
      OTEL_EXPORTER_OTLP_ENDPOINT: away,
      OTEL_EXPORTER_OTLP_TIMEOUT: '200',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    });
    const log = createLogger('test', 'info', (line) => void lines.push(line));
    const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: away }, log);
    const about = () => lines.filter((line) => line.includes('cannot be delivered'));
    const before = process.memoryUsage().heapUsed;
    const end = performance.now() + 10_000;
    while (performance.now() < end && lines.length < 2) {
      for (let i = 0; i < 1_000; i++) await inSpan('lost', {}, () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (let i = 0; i < 50_000; i++) await inSpan('lost', {}, () => undefined);
    expect(about()).toHaveLength(1);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150e6);
    await tracing.close();
    expect(about()).toHaveLength(1);
    for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TIMEOUT', 'OTEL_BSP_SCHEDULE_DELAY'])
      delete process.env[name];
  });
});
