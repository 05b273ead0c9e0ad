import { join } from 'node:path';
import {
  AuthServiceClient,
  AuthServiceService,
  type GetSessionRequest,
  type GetSessionResponse,
} from '@tickfolio/gen/auth/v1';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type ConfigError, readConfig, z } from '../config/config.js';
import type { AppError } from '../errors/errors.js';
import { makeTestCertificates } from '../kit/certificates.js';
import { createLogger, silentLogger } from '../telemetry/telemetry.js';
import { channelOptions } from './client.js';
import { clientCredentials } from './credentials.js';
import {
  callUnary,
  createGrpcClient,
  createGrpcServer,
  type GrpcTls,
  grpcTlsOf,
  grpcTlsSettings,
  isServing,
  withGrpcTls,
} from './grpc.js';

const ours = makeTestCertificates();
const foreign = makeTestCertificates();
afterAll(() => {
  ours.remove();
  foreign.remove();
});
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

const startServer = async (tls: GrpcTls | undefined, name: string, host = '127.0.0.1', port = 0) => {
  const server = createGrpcServer({ log: silentLogger(), drainMs: 50, tls });
  const refused = server.unary(async () => {
    throw new Error('not asked for here');
  });
  server.addService(AuthServiceService, {
    register: refused,
    login: refused,
    refreshToken: refused,
    logout: refused,
    logoutEverywhere: refused,
    getSession: server.unary<GetSessionRequest, GetSessionResponse>(async () => ({ open: true, userId: name })),
  });
  const bound = await server.listen({ host, port }, 'GRPC_PORT');
  opened.push(server);
  return { server, port: bound };
};
const connect = (target: string, tls: GrpcTls | undefined) => {
  const client = createGrpcClient(AuthServiceClient, target, tls);
  opened.push(client);
  return client;
};
const ask = (client: AuthServiceClient) =>
  callUnary(client, client.getSession, { sessionId: 's' }, { deadlineMs: 60_000 });
const refusal = async (client: AuthServiceClient): Promise<string> => {
  const err = (await ask(client).catch((thrown: unknown) => thrown)) as AppError;
  expect(err).toMatchObject({ code: 'unavailable', message: 'The service cannot be reached at the moment.' });
  return String((err.cause as { details?: string }).details);
};

describe('gRPC with certificates', () => {
  it('is open to a service that shows its own, for health too', async () => {
    const { port } = await startServer(ours.of('auth'), 'auth');
    for (const host of ['127.0.0.1', 'localhost']) {
      const client = connect(`${host}:${port}`, ours.of('bff'));
      expect(await ask(client)).toMatchObject({ userId: 'auth' });
      expect(await isServing(client, '', { deadlineMs: 60_000 })).toBe(true);
    }
  });

  it('is closed to who shows none, and to a certificate of another authority or one that is over', async () => {
    const { port } = await startServer(ours.of('auth'), 'auth');
    const mixed = { ...foreign.of('bff'), ca: ours.of('bff').ca };
    for (const tls of [undefined, mixed, ours.made('late', -1)]) await refusal(connect(`127.0.0.1:${port}`, tls));
    // It serves on.
    expect(await ask(connect(`127.0.0.1:${port}`, ours.of('bff')))).toMatchObject({ userId: 'auth' });
  });

  it('is not given to a server of another authority or name or time, and the cause says why', async () => {
    const asked = async (tls: GrpcTls) =>
      refusal(connect(`127.0.0.1:${(await startServer(tls, 'x')).port}`, ours.of('bff')));
    expect(await asked(foreign.of('auth'))).toMatch(/self-signed certificate|unable to verify/);
    expect(await asked(ours.made('elsewhere', 1))).toContain("does not match certificate's altnames");
    expect(await asked(ours.made('late', -1))).toContain('certificate has expired');
  });

  it('is not offered without them, and a server that was spoken to in TLS ends all the same', async () => {
    const { server, port } = await startServer(undefined, 'auth');
    await refusal(connect(`127.0.0.1:${port}`, ours.of('bff')));
    await server.close();
  });
});

describe('the settings', () => {
  const schema = withGrpcTls(z.object({ ENV: z.string().default('production'), ...grpcTlsSettings }));
  const path = (name: string, { folder } = ours) => join(folder, name);
  const all = { GRPC_TLS_CA: path('ca.crt'), GRPC_TLS_CERT: path('auth.crt'), GRPC_TLS_KEY: path('auth.key') };
  const faults = (env: NodeJS.ProcessEnv): readonly string[] => {
    try {
      readConfig('auth', schema, env);
      return [];
    } catch (err) {
      return (err as ConfigError).faults;
    }
  };

  it('are renewed while services run: one with new certificates and one that still has those of before take each other', async () => {
    const own = makeTestCertificates();
    try {
      const before = own.of('auth');
      const { port } = await startServer(before, 'of before');
      expect(own.renew()).toMatch(/restart services one after the other/);
      const renewed = own.of('bff');
      expect(own.of('auth').cert).not.toEqual(before.cert);
      expect(await ask(connect(`127.0.0.1:${port}`, renewed))).toMatchObject({ userId: 'of before' });
      const later = await startServer(own.of('auth'), 'renewed');
      expect(await ask(connect(`127.0.0.1:${later.port}`, before))).toMatchObject({ userId: 'renewed' });
      // One that would end before them is no use.
      expect(own.renew('--days', '3651')).toMatch(/a new one: restart all services at once/);
      expect(own.of('auth').ca).not.toEqual(before.ca);
    } finally {
      own.remove();
    }
  });
  it('are all three or none', () => {
    expect(grpcTlsOf(readConfig('auth', schema, all), silentLogger())).toEqual(ours.of('auth'));
    expect(faults({})).toEqual([]);
    expect(faults({ GRPC_TLS_CERT: all.GRPC_TLS_CERT })).toEqual([
      'GRPC_TLS_CA is required beside GRPC_TLS_CERT and GRPC_TLS_KEY',
      'GRPC_TLS_KEY is required beside GRPC_TLS_CA and GRPC_TLS_CERT',
    ]);
  });

  it.each([
    [
      { GRPC_TLS_CA: '/nowhere/ca.crt' },
      'GRPC_TLS_CA must be a file that can be read; "/nowhere/ca.crt" cannot (ENOENT)',
    ],
    [{ GRPC_TLS_CA: path('ca.key') }, 'GRPC_TLS_CA must be a file of PEM certificates'],
    [{ GRPC_TLS_CERT: path('auth.key') }, 'GRPC_TLS_CERT must be a file of PEM certificates'],
    [{ GRPC_TLS_KEY: path('auth.crt') }, 'GRPC_TLS_KEY must be a file of a PEM private key without a passphrase'],
    [{ GRPC_TLS_KEY: path('bff.key') }, 'GRPC_TLS_KEY is not the key of GRPC_TLS_CERT'],
  ])('are refused by name where %j', (wrong, fault) => {
    expect(faults({ ...all, ...wrong })).toEqual([fault]);
  });

  it('are missed in the log, except with ENV=local', () => {
    const lines: string[] = [];
    const log = createLogger('auth', 'info', (line) => lines.push(line));
    grpcTlsOf({ ENV: 'local' }, log);
    expect(lines).toEqual([]);
    grpcTlsOf({ ENV: 'production' }, log);
    expect(lines.join()).toContain('gRPC between the services is neither encrypted nor authenticated');
  });
});

it('calls go to every server of a name in turn, and on when one of them dies', async () => {
  const first = await startServer(undefined, 'first', '127.0.0.1');
  await startServer(undefined, 'second', '127.0.0.2', first.port);
  // A resolver of names with several addresses, as a headless service is one, is not to be had everywhere; a list of
  // addresses is.
  const client = new AuthServiceClient(
    `ipv4:127.0.0.1:${first.port},127.0.0.2:${first.port}`,
    clientCredentials(undefined),
    channelOptions,
  );
  opened.push(client);
  const seen = async (calls: number) => {
    const names = new Set<string>();
    for (let i = 0; i < calls; i++)
      names.add(
        (await callUnary(client, client.getSession, { sessionId: 's' }, { deadlineMs: 60_000, waitForReady: true }))
          .userId,
      );
    return [...names].sort();
  };
  await expect.poll(() => seen(10)).toEqual(['first', 'second']);
  await first.server.close();
  expect(await seen(10)).toEqual(['second']);
});
