import { AuthServiceClient } from '@tickfolio/gen/auth/v1';
import { sleep, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import type { BenchContext, Benchmark } from '../measure/benchmark.js';
import { createLatencies } from '../measure/latencies.js';
import { percent, short, whole } from '../measure/table.js';
import { coreShare, cpuBetween } from '../measure/usage.js';
import type { AuthServer } from './server.js';

const people = 16;
const goal = 'an unknown name and an impossible password take 0.8 to 1.25 times as long as a wrong one';
const password = 'correct horse battery';
const options = { deadlineMs: 20_000, waitForReady: true };

const measure = async (
  { children, say, seconds }: BenchContext,
  server: NonNullable<Awaited<ReturnType<typeof startTestPostgres>>>,
) => {
  await server.createDatabase('auth_db');
  const auth = children.start<AuthServer>('auth/server.js');
  const { host, port, user, password: secret } = server;
  const client = createGrpcClient(
    AuthServiceClient,
    `127.0.0.1:${await auth.ask('start', { host, port, user, password: secret }, 'auth_db')}`,
  );
  const login = (person: number) =>
    callUnary(
      client,
      client.login,
      { name: `person-${person}`, password, clientAddress: '', userAgent: '' },
      options,
    ).then(({ tokens }) => tokens);
  const sessions: string[] = [];
  const tokens: string[] = [];
  for (let person = 0; person < people; person++) {
    await callUnary(
      client,
      client.register,
      {
        name: `person-${person}`,
        password,
        clientAddress: '',
        idempotencyKey: '',
        userAgent: '',
        withRecoveryCodes: false,
      },
      options,
    );
    const own = await login(person);
    sessions.push(own?.sessionId ?? '');
    tokens.push(own?.refreshToken ?? '');
  }
  const refresh = async (person: number) => {
    const answer = await callUnary(
      client,
      client.refreshToken,
      { refreshToken: tokens[person] ?? '', clientAddress: '', userAgent: '' },
      options,
    );
    tokens[person] = answer.tokens?.refreshToken ?? '';
  };
  const refused = (name: string, given: string) =>
    callUnary(client, client.login, { name, password: given, clientAddress: '', userAgent: '' }, options).then(
      () => Promise.reject(new Error('a wrong password was taken')),
      (err: unknown) => {
        if (!(err instanceof AppError) || err.code !== 'unauthenticated') throw err;
      },
    );
  const asked = (person: number) =>
    callUnary(client, client.getSession, { sessionId: sessions[person] ?? '' }, options);

  const row = async (name: string, call: (person: number) => Promise<unknown>, inFlight: number): Promise<string[]> => {
    say(name);
    const latencies = createLatencies();
    let going = true;
    const worker = async (person: number) => {
      while (going) {
        const startedAt = performance.now();
        await call(person);
        latencies.add(performance.now() - startedAt);
      }
    };
    const from = await auth.ask('usage');
    const workers = Array.from({ length: inFlight }, (_, person) => worker(person));
    await sleep(systemClock, seconds * 1_000);
    going = false;
    await Promise.all(workers);
    const to = await auth.ask('usage');
    const { count, p50, p99 } = latencies.summary();
    const perSecond = (count * 1_000) / (to.atMs - from.atMs);
    const us = cpuBetween(from, to) / count;
    return [
      `${name}, ${inFlight} at a time`,
      whole(perSecond),
      whole(us),
      percent(coreShare(from, to)),
      whole(1e6 / us),
      short(p50),
      short(p99),
    ];
  };
  try {
    return [
      await row('login', login, 2),
      await row('login with a wrong password', (person) => refused(`person-${person}`, 'a wrong one'), 1),
      await row('login of an unknown name', (person) => refused(`nobody-${person}`, 'a wrong one'), 1),
      await row('login with an impossible password', (person) => refused(`person-${person}`, 'x'.repeat(1_000)), 1),
      await row('refresh', refresh, people),
      await row('is a session open', asked, people),
    ];
  } finally {
    client.close();
  }
};

export const auth: Benchmark = {
  name: 'auth',
  about: 'logins, refreshes and questions about sessions over gRPC, on real PostgreSQL',
  run: async (context) => {
    const server = await startTestPostgres();
    if (!server) throw new Error('The auth service needs PostgreSQL, which is not installed.');
    try {
      return {
        title: 'auth: one process on real PostgreSQL',
        columns: ['call', 'calls/s', 'CPU us', 'core', 'per full core', 'p50 ms', 'p99 ms'],
        rows: await measure(context, server),
        notes: [
          'CPU is of the auth process; PostgreSQL and the caller run beside it on the same cores. The floor of a login is its argon2id (19 MiB, two passes), which is meant to cost what it costs.',
          `Nobody learns from the time of a refusal whether there is such a name. Goal: ${goal}.`,
        ],
      };
    } finally {
      await context.children.close();
      await server.close();
    }
  },
};
