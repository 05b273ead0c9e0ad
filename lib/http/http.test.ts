import { connect } from 'node:net';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, type ErrorCode, httpStatusOf, StartError } from '../errors/errors.js';
import { createLogger, createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { addOperations, createHttpServer, type Dependency, listen, type Operations, problemOf } from './http.js';

let app: FastifyInstance;
let lines: string[];

beforeEach(() => {
  lines = [];
  app = createHttpServer({
    log: createLogger('test', 'debug', (line) => void lines.push(line)),
    bodyLimit: 1_000,
    requestTimeout: 1_000,
    ajv: { customOptions: { removeAdditional: false, allErrors: true } },
  });
});
afterEach(() => app.close());

it('serves also where a slow machine takes a minute to begin', async () => {
  vi.useFakeTimers();
  try {
    app.register(async (scope) => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      scope.get('/late', async () => ({}));
    });
    const begun = Promise.resolve(app.ready());
    begun.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    await begun;
  } finally {
    vi.useRealTimers();
  }
  expect((await app.inject('/late')).statusCode).toBe(200);
});

describe('problem details', () => {
  const problem = async (request: string | InjectOptions) => {
    const answer = await app.inject(request);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const body = answer.json<Record<string, unknown>>();
    expect(body.status).toBe(answer.statusCode);
    expect(body.type).toMatch(/^urn:tickfolio:problem:[a-z-]+$/);
    for (const field of ['title', 'detail', 'requestId']) expect(body[field]).toEqual(expect.any(String));
    expect(answer.body).not.toContain('    at ');
    return { body, headers: answer.headers };
  };

  it.each(Object.keys(httpStatusOf) as ErrorCode[])('tell of %s with its own status, title and words', async (code) => {
    app.get('/x', async () => {
      throw new AppError(code, 'What happened.', {
        fields: [{ field: 'a', message: 'is bad' }],
        cause: new Error('inside'),
      });
    });
    const { body } = await problem('/x');
    expect(body).toMatchObject({
      type: `urn:tickfolio:problem:${code.replaceAll('_', '-')}`,
      ...httpStatusOf[code],
      detail: 'What happened.',
      errors: [{ field: 'a', message: 'is bad' }],
    });
    expect(JSON.stringify(body)).not.toContain('inside');
  });

  it('say when to try again, in whole seconds, one at least', async () => {
    app.get('/x', async () => {
      throw new AppError('unavailable', 'Later.', { retryAfterMs: 1_200 });
    });
    app.get('/y', async () => {
      throw new AppError('resource_exhausted', 'Soon.', { retryAfterMs: 0 });
    });
    expect((await problem('/x')).headers['retry-after']).toBe('2');
    expect((await problem('/y')).headers['retry-after']).toBe('1');
  });

  it.each([
    ['an error', () => new Error('password=secret')],
    ['a text', () => 'password=secret'],
    ['an object', () => ({ password: 'secret' })],
  ])('keep the text of %s from the caller, and log it', async (_what, thrown) => {
    app.get('/x', async () => {
      throw thrown();
    });
    const { body } = await problem('/x');
    expect(body).toMatchObject({ status: 500, detail: 'Something went wrong on our side.' });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(lines.some((line) => line.includes('request failed'))).toBe(true);
  });

  it('name every wrong, missing and unknown field of a body', async () => {
    app.post('/x', { schema: { body: bodySchema } }, async () => 'fine');
    const { body } = await problem({ method: 'POST', url: '/x', payload: { quantity: '1', inner: {}, extra: 1 } });
    expect(body.status).toBe(400);
    expect(body.errors).toEqual([
      { field: 'symbol', message: 'is required' },
      { field: 'extra', message: 'is not a known field' },
    ]);
    const inner = await problem({
      method: 'POST',
      url: '/x',
      payload: { symbol: 'b', quantity: '1', inner: { deep: [] } },
    });
    expect(inner.body.errors).toEqual([{ field: 'inner.deep', message: expect.any(String) }]);
  });

  it.each([
    [
      'a body that is no JSON',
      { headers: { 'content-type': 'application/json' }, payload: '{"a":' },
      400,
      'The body is not valid JSON.',
    ],
    [
      'an empty body',
      { headers: { 'content-type': 'application/json' }, payload: '' },
      400,
      'The body is empty; send a JSON object.',
    ],
    [
      'another media type',
      { headers: { 'content-type': 'text/csv' }, payload: 'a,b' },
      415,
      'Send the body as application/json.',
    ],
    [
      'a body that is too large',
      { headers: { 'content-type': 'application/json' }, payload: JSON.stringify('x'.repeat(2_000)) },
      413,
      'The body is too large.',
    ],
  ])('explain %s', async (_what, request, status, detail) => {
    app.post('/x', async () => 'fine');
    expect((await problem({ method: 'POST', url: '/x', ...request })).body).toMatchObject({ status, detail });
  });

  it('say that there is nothing at an address, without repeating its query', async () => {
    const { body } = await problem('/nowhere?token=secret');
    expect(body).toMatchObject({ status: 404, detail: 'There is nothing at GET /nowhere.' });
    expect((await problem({ method: 'DELETE', url: '/nowhere' })).body.detail).toBe(
      'There is nothing at DELETE /nowhere.',
    );
  });

  it('name the methods that an address does take', async () => {
    app.get('/x/:id', async () => 'fine');
    app.put('/x/:id', async () => 'fine');
    app.get('/files/*', async () => 'fine');
    const { body, headers } = await problem({ method: 'DELETE', url: '/x/1?a=b' });
    expect(body).toMatchObject({
      status: 405,
      type: 'urn:tickfolio:problem:method-not-allowed',
      title: 'Method not allowed',
      detail: '/x/1 does not take DELETE; it takes GET, HEAD, PUT.',
    });
    expect(headers.allow).toBe('GET, HEAD, PUT');
    expect((await problem({ method: 'POST', url: '/files/a/b' })).headers.allow).toBe('GET, HEAD');
    expect((await problem({ method: 'DELETE', url: '/x/1/2' })).body.status).toBe(404);
    expect((await problem({ method: 'DELETE', url: '/x' })).body.status).toBe(404);
  });

  it('answer an address that cannot be read', async () => {
    app.get('/x/:id', async () => 'fine');
    expect((await problem('/x/%zz')).body).toMatchObject({ status: 400, detail: 'The address is not a valid URL.' });
  });

  it('leave out what there is nothing to say about', () => {
    expect(Object.keys(problemOf(new AppError('not_found', 'Gone.')))).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'code',
    ]);
  });
});

describe('what is hardly a request', () => {
  /** What a client that sends `text` gets until the connection ends. */
  const sent = async (text: string): Promise<{ status: number; headers: string; body: Record<string, unknown> }> => {
    app.get('/x', async () => 'fine');
    app.post('/x', async () => 'fine');
    const port = await listen(app, { host: '127.0.0.1', port: 0 }, 'HTTP_PORT');
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(text);
    await new Promise((resolve) => socket.on('close', resolve));
    const [headers = '', body = ''] = answer.split('\r\n\r\n');
    expect(headers).toMatch(/\r\ncontent-type: application\/problem\+json/i);
    expect(headers.toLowerCase()).toContain(`content-length: ${body.length}`);
    return { status: Number(headers.split(' ')[1]), headers, body: JSON.parse(body) as Record<string, unknown> };
  };

  it.each([
    [
      'headers past the bound',
      `GET /x HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      /headers .* too large/,
    ],
    ['no HTTP', 'hello there\r\n\r\n', 400, /not valid HTTP/],
    ['a header without a colon', 'GET /x HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n', 400, /not valid HTTP/],
    [
      'two lengths of a body',
      'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      /not valid HTTP/,
    ],
    ['a request that never ends', 'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n', 408, /did not arrive whole/],
    ['no Host', 'GET /x HTTP/1.1\r\nConnection: close\r\n\r\n', 400, /no Host header/],
    [
      'an expectation',
      'GET /x HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\nConnection: close\r\n\r\n',
      417,
      /cannot be met/,
    ],
    ['an unreadable address', 'GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400, /not a valid URL/],
  ])(
    'is told so: %s',
    async (_what, text, status, detail) => {
      const answer = await sent(text);
      expect(answer).toMatchObject({ status, body: { status, detail: expect.stringMatching(detail) } });
      expect(answer.headers).toMatch(/\r\nconnection: close/i);
    },
    40_000, // Left to itself Node ends such a request after a minute.
  );

  it('does not follow an answer that has begun', async () => {
    app.get('/slow', (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-length': 100 });
      reply.raw.write('the first half');
    });
    const port = await listen(app, { host: '127.0.0.1', port: 0 }, 'HTTP_PORT');
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      if (!answer) socket.write('no chunk\r\n');
      answer += chunk;
    });
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 200[\s\S]*the first half$/);
  });
});

const bodySchema = {
  type: 'object',
  required: ['symbol', 'quantity'],
  additionalProperties: false,
  properties: {
    symbol: { type: 'string' },
    quantity: { type: 'string' },
    inner: { type: 'object', properties: { deep: { type: 'string', minLength: 3 } } },
  },
};

describe('operations', () => {
  const dependency = (name: string, required: boolean, check: Dependency['check']): Dependency => ({
    name,
    required,
    check,
  });
  const ready = async (dependencies: readonly Dependency[], more: Pick<Operations, 'draining' | 'facts'> = {}) => {
    addOperations(app, { metrics: createMetrics('test'), dependencies, checkTimeoutMs: 50, ...more });
    const answer = await app.inject('/ready');
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
  };

  it('/health answers while the process does, whatever else is down', async () => {
    await ready([dependency('redis', true, () => 'is down')]);
    const answer = await app.inject('/health');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('/ready names every dependency, and facts beside them', async () => {
    const { status, body, headers } = await ready(
      [dependency('redis', true, async () => undefined), dependency('kafka', false, () => 'cannot be reached')],
      { facts: () => ({ simulated: true }) },
    );
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      status: 'ready',
      simulated: true,
      dependencies: {
        redis: { status: 'ok', required: true },
        kafka: { status: 'down', required: false, reason: 'cannot be reached' },
      },
    });
  });

  const faults: [string, Dependency['check'], string][] = [
    ['says so', () => 'is down', 'is down'],
    ['rejects', () => Promise.reject(new Error('connection refused')), 'connection refused'],
    [
      'throws',
      () => {
        throw new Error('broken check');
      },
      'broken check',
    ],
    ['never answers', () => new Promise(() => undefined), 'did not answer within 50 ms'],
  ];
  it.each(faults)('/ready is 503, within its bound, when what is required %s', async (_what, check, reason) => {
    const { status, body } = await ready([dependency('redis', true, check), dependency('slow too', true, check)]);
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'not ready',
      dependencies: { redis: { status: 'down', required: true, reason } },
    });
  });

  it('/ready is 503 while the service drains, though everything is well', async () => {
    const { status, body } = await ready([dependency('redis', true, () => undefined)], { draining: () => true });
    expect([status, body.status]).toEqual([503, 'draining']);
  });

  it('/metrics answers Prometheus text', async () => {
    const metrics = createMetrics('test');
    metrics.counter({ name: 'x_total', help: 'X.' }).inc(7);
    addOperations(app, { metrics, dependencies: [] });
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('tickfolio_test_x_total 7');
  });

  it('writes no log line when it is asked', async () => {
    await ready([]);
    await app.inject('/health');
    await app.inject('/metrics');
    expect(lines).toEqual([]);
  });
});

describe('listen', () => {
  it('tells the bound port, and refuses one that is taken, naming the variable that moves it', async () => {
    const port = await listen(app, { host: '127.0.0.1', port: 0 }, 'HTTP_PORT');
    expect(port).toBeGreaterThan(0);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(404);
    expect(lines.filter((line) => line.includes('istening'))).toEqual([]); // Who listens says so itself, once.
    app.log.info('afterwards');
    expect(lines.at(-1)).toContain('afterwards');
    const second = createHttpServer({ log: silentLogger() });
    const refused = listen(second, { host: '127.0.0.1', port }, 'HTTP_PORT');
    await expect(refused).rejects.toBeInstanceOf(StartError);
    await expect(refused).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use. Set HTTP_PORT to another one (0 picks a free one).`,
    );
    await second.close();
  });

  it('passes on what is no matter of the port', async () => {
    await expect(listen(app, { host: 'no.such.host.invalid', port: 0 }, 'HTTP_PORT')).rejects.not.toBeInstanceOf(
      StartError,
    );
  });
});
