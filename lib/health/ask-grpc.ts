import { Client } from '@grpc/grpc-js';
import { readConfig, z } from '../config/config.js';
import { createGrpcClient, grpcTlsOf, grpcTlsSettings, isServing, withGrpcTls } from '../grpc/grpc.js';
import { silentLogger } from '../telemetry/telemetry.js';

/** Asks grpc.health.v1, with the service's own certificate where it has one. @returns what is wrong, if anything */
export const askGrpc = async (url: URL, timeoutMs: number, env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const schema = withGrpcTls(z.object({ ENV: z.string().default('local'), ...grpcTlsSettings }));
  const client = createGrpcClient(
    Client,
    url.host,
    grpcTlsOf(readConfig('the health check', schema, env), silentLogger()),
  );
  try {
    const service = url.pathname.slice(1);
    const serving = await isServing(client, service, { deadlineMs: timeoutMs, waitForReady: true });
    return serving ? undefined : `${service || 'the server'} is not serving`;
  } finally {
    client.close();
  }
};
