import type { Clock } from '@tickfolio/lib/clock';
import type { Address } from '@tickfolio/lib/config';
import { createGrpcServer, type GrpcTls } from '@tickfolio/lib/grpc';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { TapeServiceLimits } from './limits.js';
import { serviceName } from './tape-rpc.js';
import type { TapeService } from './tape-service.js';

export interface TapeFaceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tape: Pick<TapeService, 'serve'>;
  /** Why there can be no trades, or undefined. */
  readonly fault: () => string | undefined;
}

export interface TapeFaceOptions {
  readonly address: Address;
  /** Absent: not encrypted. */
  readonly tls?: GrpcTls | undefined;
  readonly limits: Pick<TapeServiceLimits, 'drainMs'>;
}

/** How often it is looked at whether trades can come. */
const healthPeriodMs = 250;

/**
 * Serves TapeService by gRPC, with its health; the operations are served by HTTP beside it.
 * @throws StartError when the port is taken
 */
export const serveTapeFace = async (
  { clock, log, metrics, tape, fault }: TapeFaceDeps,
  { address, tls, limits }: TapeFaceOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const server = createGrpcServer({ log, metrics, tls, drainMs: limits.drainMs });
  tape.serve(server);
  const port = await server.listen(address, 'GRPC_PORT');
  const tell = () => {
    for (const name of ['', serviceName]) server.setServing(name, fault() === undefined);
  };
  tell();
  const health = clock.every(healthPeriodMs, tell);
  return {
    port,
    close: () => {
      health.cancel();
      return server.close();
    },
  };
};
