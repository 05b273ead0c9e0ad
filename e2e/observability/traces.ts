import type { CollectedSpan, TestCollector } from '@tickfolio/lib/kit/collector';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { type ServiceName, serviceNames, services } from '@tickfolio/services/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, type LiveSocket, signUp, type TestPerson } from '../kit/client.js';
import { pipelineNames, type Stack } from '../kit/stack.js';

/** Kafka is away in this stack, and with it what goes that way, and the questions that follow from its events. */
const afterEvents = ['portfolio calls auth over grpc', 'orders calls auth over grpc'];
/** Asked now and then, for nobody's request: that makes no trace. */
const ofPolls = ['portfolio calls socket over grpc'];
const isTraced = (name: ServiceName): boolean => !pipelineNames.some((away) => away === name);
/** Who meets whom, as the spans have it: a span of one service in one of another. */
const edgesIn = (spans: readonly CollectedSpan[]): string[] => {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return spans.flatMap(({ service, kind, parentSpanId, attributes }) => {
    const parent = byId.get(parentSpanId);
    if (kind === 'consumer' && parent?.kind === 'producer')
      return [`${parent.service} sends to ${service} over ${attributes['messaging.system']}`];
    if (kind !== 'server' || !parent) return [];
    return [`${parent.service} calls ${service} over ${attributes['rpc.system.name'] ?? 'http'}`];
  });
};

const password = 'correct horse battery';

/**
 * How a request and a price are seen by who follows their traces through a stack that sends its spans to `collector`.
 */
export const describeTraces = (one: Stack, collector: TestCollector): void => {
  describe('traces, as a collector gets them', () => {
    let person: TestPerson;
    let socket: LiveSocket;
    beforeAll(async () => {
      person = await signUp(one.base);
      expect((await person.addCoin('btcusdt', '1')).status).toBe(200);
      socket = await person.connect();
      await socket.frame((frame) => frame.Coins[0]?.Price !== null, 60_000, 0);
    });
    afterAll(() => socket?.close());

    const spanOf = (requestId: string) => () =>
      collector.spans.find(
        ({ service, kind, attributes }) =>
          service === 'bff' && kind === 'server' && attributes['tickfolio.request_id'] === requestId,
      );
    /** The spans of a request's trace, once `hops` are all among them. */
    const traceOf = async (requestId: string, hops: readonly string[]): Promise<CollectedSpan[]> => {
      const root = await eventually(`the span of ${requestId}`, spanOf(requestId), 60_000);
      const spans = () => collector.spans.filter(({ traceId }) => traceId === root.traceId);
      await eventually('every hop', () => hops.every((hop) => ways(spans()).includes(hop)), 60_000).catch((err) => {
        throw new Error(
          `${String(err)}: ${JSON.stringify(hops, null, 1)} in ${JSON.stringify(ways(spans()), null, 1)}`,
        );
      });
      return spans();
    };
    const label = ({ service, kind, name }: CollectedSpan) => `${service} ${kind}: ${name}`;
    /** Every span with the one it belongs to. */
    const ways = (spans: readonly CollectedSpan[]): string[] =>
      spans.map((span) => {
        const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
        return parent ? `${label(parent)} > ${label(span)}` : label(span);
      });

    it('shows every hop of a login', async () => {
      const path = '/api/v1/auth/login';
      const answer = await callJson(
        one.base,
        'POST',
        path,
        { name: person.name, password },
        { 'x-request-id': 'a-login' },
      );
      expect(answer.status).toBe(200);
      const login = 'auth.v1.AuthService/Login';
      const spans = await traceOf('a-login', [
        `bff server: POST ${path}`,
        `bff server: POST ${path} > bff client: ${login}`,
        `bff client: ${login} > auth server: ${login}`,
        `auth server: ${login} > auth client: select accounts`,
        `auth server: ${login} > auth client: insert sessions`,
      ]);
      expect(
        spans.find(({ kind, service }) => service === 'auth' && kind === 'server')?.attributes['tickfolio.request_id'],
      ).toBe('a-login');
      expect(spans.find(({ name }) => name === 'select accounts')?.attributes).toMatchObject({
        'db.system.name': 'postgresql',
        'db.namespace': 'auth_db',
        'db.query.text': expect.stringMatching(/select .* from "accounts" where .*\$1/),
      });
      expect(spans.filter(({ failed }) => failed)).toEqual([]);
      const lines = (name: 'bff' | 'auth') =>
        one
          .service(name)
          .output()
          .split('\n')
          .filter((line) => line.includes('"a-login"'));
      for (const name of ['bff', 'auth'] as const) {
        await eventually(`${name} logs it`, () => lines(name).at(0), 60_000);
        for (const line of lines(name))
          expect(JSON.parse(line)).toMatchObject({ trace_id: spans[0]?.traceId, span_id: expect.any(String) });
      }
    });

    it('shows every hop of a coin change, to the sockets, to the other replicas and to the aggregator', async () => {
      const path = '/api/v1/profile/coins';
      const body = { symbol: 'ethusdt', quantity: '2' };
      const answer = await person.call('POST', path, body, {
        'x-request-id': 'a-coin',
        authorization: `Bearer ${person.token()}`,
      });
      expect(answer.status).toBe(200);
      await socket.frame((frame) => frame.Coins.length === 2, 60_000, 0);
      const root = `bff server: POST ${path}`;
      const spans = await traceOf('a-coin', [
        root,
        `${root} > bff client: insert coins`,
        `${root} > bff producer: send tickfolio:portfolio-changed`,
        'bff producer: send tickfolio:portfolio-changed > bff consumer: process tickfolio:portfolio-changed',
        `${root} > bff internal: read portfolios`,
        'bff internal: read portfolios > bff client: select profiles',
        'bff internal: read portfolios > bff internal: push portfolio',
        `${root} > bff internal: tell the aggregator what is needed`,
        'bff internal: tell the aggregator what is needed > bff client: PUT /subscriptions/bff',
        'bff client: PUT /subscriptions/bff > aggregator server: PUT /subscriptions/:holder',
      ]);
      expect(spans.filter(({ failed }) => failed)).toEqual([]);
    });

    it("joins the caller's trace, and leaves untraced what the caller does not sample", async () => {
      const traceId = '0af7651916cd43dd8448eb211c80319c';
      const call = (id: string, flags: string) =>
        person.call('GET', '/api/v1/profile', undefined, {
          authorization: `Bearer ${person.token()}`,
          'x-request-id': id,
          traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`,
        });
      await call('not-sampled', '00');
      await call('sampled', '01');
      const span = await eventually('the span', spanOf('sampled'), 60_000);
      expect(span).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331', name: 'GET /api/v1/profile' });
      expect(spanOf('not-sampled')()).toBeUndefined();
    });

    it('shows the way of some prices, from the aggregator to the push, and of no health checks', async () => {
      const hops = [
        'aggregator producer: send price',
        'aggregator producer: send price > bff consumer: process price',
        'bff consumer: process price > bff internal: push portfolios',
      ];
      // A change of coins may end in such a push too, with the first price of a new coin.
      const isPrice = (span: CollectedSpan) => label(span) === hops[0];
      const isWhole = ({ traceId }: CollectedSpan) => {
        const found = ways(collector.spans.filter((span) => span.traceId === traceId));
        return hops.every((hop) => found.includes(hop));
      };
      await eventually('a traced price', () => collector.spans.filter(isPrice).find(isWhole), 60_000);
      expect(
        collector.spans.filter(({ attributes }) => /^\/(health|ready|metrics)$/.test(String(attributes['http.route']))),
      ).toEqual([]);
    });

    it('shows every call and message between services that the registry has, and no other', async () => {
      // Whoever looks for what is not listed has the exchange asked again, which goes through all of them.
      await person.addCoin('nosuchusdt', '1');
      expect((await person.call('GET', '/api/v1/klines/btcusdt?interval=1h')).status).toBe(200);
      const order = {
        symbol: 'btcusdt',
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '0.01',
        price: '20000',
      };
      expect([201, 202]).toContain((await person.call('POST', '/api/v1/orders', order)).status);
      const edges = () => new Set(edgesIn(collector.spans));
      expect((await person.call('GET', '/api/v1/portfolios')).status).toBe(200);
      const expected = serviceNames
        .filter(isTraced)
        .flatMap((from) => [
          ...services[from].calls.map(({ to, over }) => `${from} calls ${to} over ${over}`),
          ...services[from].sends
            .filter(({ to, over }) => over !== 'kafka' && isTraced(to))
            .map(({ to, over }) => `${from} sends to ${to} over ${over}`),
        ])
        .filter((edge) => ![...afterEvents, ...ofPolls].includes(edge));
      await eventually('every edge', () => expected.every((edge) => edges().has(edge)), 60_000).catch(() => undefined);
      expect([...edges()].sort()).toEqual(expected.sort());
    });

    it('makes no trace of polls, and carries no secret and no value given to SQL', async () => {
      const roots = new Set(collector.spans.filter(({ parentSpanId }) => parentSpanId === '').map(({ kind }) => kind));
      expect([...roots].sort()).toEqual(['producer', 'server']);
      for (const secret of [
        password,
        person.token(),
        person.cookie(),
        person.cookie().split('=')[1] ?? '',
        person.name,
      ])
        expect(collector.text().includes(secret)).toBe(false);
    });
  });
};
