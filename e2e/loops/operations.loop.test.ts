import { startTestCollector } from '@tickfolio/lib/kit/collector';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { type ServiceName, serviceNames } from '@tickfolio/services/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, type LiveSocket, signUp, type TestPerson } from '../kit/client.js';
import { pipelineNames, type Stack, startStack } from '../kit/stack.js';
import { metricFaults, parseExposition } from '../observability/exposition.js';
import { readAlerts, readDashboards, readScrapes } from '../observability/observability.js';
import { readPromQl } from '../observability/promql.js';
import { describeTraces } from '../observability/traces.js';

const collector = await startTestCollector();
const stack = await startStack(
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    TRACE_HOT_PATH_RATIO: '0.2',
  },
  { portfolio: true },
);
afterAll(() => collector.close());
if (!stack) console.warn('NOT COVERED: the services as processes of their own (Redis or PostgreSQL is not installed).');

/** Metrics that show that the service measures what it is there for. */
const expected: Readonly<Record<ServiceName, readonly string[]>> = {
  'exchange-sim': ['connections_open', 'trades_total'],
  socket: [
    'event_lag_seconds',
    'last_frame_timestamp_seconds',
    'sequence_holes_total',
    'grpc_streams_open',
    'dependency_up',
  ],
  aggregator: [
    'price_publish_lag_seconds',
    'gaps_found_total',
    'gaps_filled_total',
    'gaps_lost_total',
    'events_dropped_total',
    'redis_connected',
  ],
  auth: ['grpc_request_duration_seconds', 'password_hash_duration_seconds', 'postgres_connections', 'dependency_up'],
  bff: [
    'sockets',
    'socket_buffered_bytes',
    'push_delay_seconds',
    'price_lag_seconds',
    'circuit_open',
    'grpc_client_request_duration_seconds',
    'audit_interval_seconds',
  ],
  portfolio: ['audit_done_timestamp_seconds', 'audit_mismatch', 'postgres_connections', 'dependency_up'],
  orders: [
    'audit_done_timestamp_seconds',
    'audit_mismatch',
    'saga_jams_total',
    'fill_audits_total',
    'circuit_open',
    'dependency_up',
  ],
  archiver: ['lag_messages', 'stored_lag_seconds', 'dead_letters_total', 'dependency_up'],
  dashboard: ['query_duration_seconds', 'http_request_duration_seconds', 'dependency_up'],
};

const logLines = (one: Stack, name: ServiceName): Record<string, unknown>[] =>
  one
    .service(name)
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe.skipIf(!stack)('every service as a process of its own', () => {
  const one = stack as Stack;
  let person: TestPerson;
  let socket: LiveSocket;
  /** Of every service scraped so far. */
  const names = new Set<string>(['up']);

  beforeAll(async () => {
    for (const name of [...pipelineNames, 'portfolio', 'orders'] as const) one.start(name);
    await one.ready(60_000);
    person = await eventually('an account', () => signUp(one.base).catch(() => undefined), 60_000);
    await eventually('a coin', async () => (await person.addCoin('btcusdt', '1')).status === 200, 60_000);
    socket = await person.connect();
    await socket.frame((frame) => frame.Coins[0]?.Price !== null, 60_000, 0);
  });
  afterAll(() => one.close());

  it.each(serviceNames)('%s: its metrics follow the conventions and show what it is there for', async (name) => {
    const own = `tickfolio_${name.replaceAll('-', '_')}_`;
    const read = async () => {
      const answer = await callJson(one.operations(name), 'GET', '/metrics').catch(() => undefined);
      const found = parseExposition(String(answer?.body.text ?? ''));
      // Some are there once something was done, such as the first comparison of the books.
      return [...expected[name], 'build_info'].every((metric) => found.has(own + metric)) ? found : undefined;
    };
    const families = await eventually(`${name} serves its metrics`, read, 90_000);
    for (const { name: metric, type } of families.values())
      for (const end of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) names.add(metric + end);
    expect([...families.values()].flatMap(metricFaults)).toEqual([]);
    expect(
      [...families.keys()].filter((family) => !family.startsWith(own) && !/^(process|nodejs)_/.test(family)),
    ).toEqual([]);
    expect([...families.keys()]).toEqual(
      expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']),
    );
  });

  it('has every metric that a dashboard or an alert names, and is scraped', () => {
    const expressions = [
      ...readAlerts().map(({ expr }) => expr),
      ...readDashboards().flatMap(({ panels }) =>
        panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ),
    ].map(readPromQl);
    expect(expressions.length).toBeGreaterThan(100);
    expect(
      [...new Set(expressions.flatMap((expression) => expression.names))].filter((name) => !names.has(name)),
    ).toEqual([]);
    const matched = (pattern: string) => [...names].some((name) => new RegExp(`^(?:${pattern})$`).test(name));
    expect(expressions.flatMap(({ patterns }) => patterns).filter((pattern) => !matched(pattern))).toEqual([]);
    expect([...readScrapes().keys()].sort()).toEqual([...serviceNames].sort());
  });

  it('shows in figures that prices flow, and what is away', async () => {
    const figure = async (name: ServiceName, sample: string, labels: Record<string, string> = {}) => {
      const text = String((await callJson(one.operations(name), 'GET', '/metrics')).body.text);
      const samples = [...parseExposition(text).values()].flatMap((family) => family.samples);
      return samples.find(
        (found) =>
          found.name === `tickfolio_${name}_${sample}` &&
          Object.entries(labels).every(([key, value]) => found.labels[key] === value),
      )?.value;
    };
    const flows = (name: ServiceName, sample: string) =>
      eventually(`${name} shows ${sample}`, async () => ((await figure(name, sample)) ?? 0) > 0, 60_000);
    await flows('socket', 'event_lag_seconds_count');
    await flows('aggregator', 'second_publish_lag_seconds_count');
    await flows('bff', 'price_lag_seconds_count');
    await flows('bff', 'push_delay_seconds_count');
    await flows('bff', 'sockets');
    expect(await figure('bff', 'dependency_up', { dependency: 'profile-database' })).toBe(1);
    expect(await figure('bff', 'circuit_open', { circuit: 'auth' })).toBe(0);
    expect(await figure('aggregator', 'dependency_up', { dependency: 'event-log', required: 'false' })).toBe(0);
    expect(await figure('archiver', 'dependency_up', { dependency: 'clickhouse', required: 'true' })).toBe(0);
    expect(
      await figure('auth', 'grpc_request_duration_seconds_count', { method: 'auth.v1.AuthService/Login', code: 'OK' }),
    ).toBeGreaterThan(0);
    expect(
      await figure('bff', 'grpc_client_request_duration_seconds_count', {
        method: 'auth.v1.AuthService/Login',
        code: 'OK',
      }),
    ).toBeGreaterThan(0);
  });

  it("writes a login's request id into the lines of both services, and sends it back; a wild one is replaced", async () => {
    const login = (requestId: string) =>
      callJson(
        one.base,
        'POST',
        '/api/v1/auth/login',
        { name: person.name, password: 'not the password' },
        { 'x-request-id': requestId },
      );
    const answer = await login('login-of-a-test.1');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-request-id')).toBe('login-of-a-test.1');
    expect(answer.body.requestId).toBe('login-of-a-test.1');
    const linesWith = (name: ServiceName, id: string) => logLines(one, name).filter((line) => line.requestId === id);
    for (const [name, expectedLine] of [
      ['bff', { msg: 'request answered', route: '/api/v1/auth/login', status: 401 }],
      ['auth', { msg: 'call answered', method: 'auth.v1.AuthService/Login', code: 'UNAUTHENTICATED' }],
    ] as const) {
      const lines = await eventually(
        `${name} logs it`,
        () => linesWith(name, 'login-of-a-test.1').at(0) && linesWith(name, 'login-of-a-test.1'),
        30_000,
      );
      expect(lines).toEqual([expect.objectContaining(expectedLine)]);
    }
    const wild = (await login('a wild id; not to be copied into logs')).headers.get('x-request-id') ?? '';
    expect(wild).toMatch(/^[0-9a-f-]{36}$/);
    expect((await eventually('auth logs it', () => linesWith('auth', wild).at(0))).code).toBe('UNAUTHENTICATED');
  });

  describeTraces(one, collector);

  // Last, because it ends them; whoever is called before its callers, so that each is at work for those who are left.
  const atWork = serviceNames.toSorted((a, b) => Number(a === 'exchange-sim') - Number(b === 'exchange-sim'));
  it.each(atWork)('%s ends with 0 within 10 s of SIGTERM while it is at work', async (name) => {
    const busy = new AbortController();
    const load = Array.from({ length: 8 }, async () => {
      while (!busy.signal.aborted) {
        if (name === 'auth')
          await callJson(one.base, 'POST', '/api/v1/auth/login', {
            name: person.name,
            password: 'wrong password',
          }).catch(() => undefined);
        else if (name === 'bff') await person.addCoin('btcusdt', '1').catch(() => undefined);
        else await callJson(one.operations(name), 'GET', '/metrics').catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    try {
      if (name === 'socket' || name === 'bff') await socket.frame(() => true, 30_000);
      if (name === 'bff') await callJson(one.base, 'GET', '/api/v1/profile', undefined, { 'x-request-id': 'the-last' });
      const ended = await one.service(name).end('SIGTERM');
      expect(ended).toEqual({ code: 0, signal: null });
      expect(one.service(name).output()).not.toMatch(/"level":(50|60)/);
      if (name === 'bff') {
        expect((await socket.closed).code).toBe(1001);
        expect(collector.spans.map(({ attributes }) => attributes['tickfolio.request_id'])).toContain('the-last');
      }
    } finally {
      busy.abort();
      await Promise.all(load);
    }
  });
});
