import { Client } from '@grpc/grpc-js';
import { readConfig, z } from '../config/config.js';
import { createGrpcClient, grpcTlsOf, grpcTlsSettings, isServing, withGrpcTls } from '../grpc/grpc.js';
import { silentLogger } from '../telemetry/telemetry.js';

// A container's health check: asks the program in it what its callers would ask. Exit code 0 when it is well; the reason otherwise.
//   node main.js http://127.0.0.1:8080/ready
//   node main.js grpc://127.0.0.1:50051/auth.v1.AuthService

/** Below the time that the containers' health checks are given. */
const timeoutMs = 3_000;

const askHttp = async (url: URL): Promise<string | undefined> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const body = await answer.text();
  return answer.ok ? undefined : `${answer.status} ${body}`;
};

const askGrpc = async (url: URL): Promise<string | undefined> => {
  const settings = readConfig(
    'the health check',
    withGrpcTls(z.object({ ENV: z.string().default('local'), ...grpcTlsSettings })),
    process.env,
  );
  const client = createGrpcClient(Client, url.host, grpcTlsOf(settings, silentLogger()));
  try {
    const service = url.pathname.slice(1);
    return (await isServing(client, service, { deadlineMs: timeoutMs, waitForReady: true }))
      ? undefined
      : `${service || 'the server'} is not serving`;
  } finally {
    client.close();
  }
};

const [target = ''] = process.argv.slice(2);
try {
  const url = new URL(target);
  const fault = url.protocol === 'grpc:' ? await askGrpc(url) : await askHttp(url);
  if (fault !== undefined) throw new Error(fault);
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : err}\n`);
  process.exitCode = 1;
}
