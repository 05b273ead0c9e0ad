import { type Clock, waitUntil } from '../clock/clock.js';
import type { Address } from '../config/config.js';
import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from '../grpc/server.js';
import { createOperationsPort, type OperationsDeps, type OperationsOptions } from './operations-port.js';
import type { RunningService } from './running.js';
import type { ServedDependency } from './watched.js';

export interface GrpcFaceDeps extends OperationsDeps {
  readonly clock: Clock;
}

export interface GrpcFace
  extends Pick<GrpcServerOptions, 'answerLevel' | 'drainMs' | 'tls' | 'maxConnectionAgeMs'>,
    Pick<OperationsOptions, 'facts'> {
  readonly address: Address;
  /** The setting that moves the port, for the error's text. */
  readonly portVariable: string;
  /** Where /health, /ready and /metrics are served; absent: nowhere. */
  readonly operationsAddress?: Address | undefined;
  /** The full name of what is served, such as `auth.v1.AuthService`. */
  readonly service: string;
  readonly dependencies: readonly ServedDependency[];
  /** Adds the service to the server. */
  add(server: GrpcServer): void;
  /** Ends what the service does by itself, after its calls have ended; watched dependencies are closed here. */
  stop(until?: AbortSignal): Promise<void>;
}

/** How often what is required is looked at, where it does not tell of a change by itself. */
const healthPeriodMs = 250;

/**
 * Serves gRPC with health and reflection, and the operations beside it. grpc.health.v1 says for the service and for the
 * whole server whether everything that is required is there, from the first answer of what is watched on.
 * @throws StartError when a port is taken; then everything that was begun here is closed, and `stop` called
 */
export const serveGrpc = async (deps: GrpcFaceDeps, face: GrpcFace): Promise<RunningService> => {
  const { clock, log, metrics } = deps;
  const { answerLevel, drainMs, tls, maxConnectionAgeMs, dependencies, facts } = face;
  const server = createGrpcServer({
    log,
    metrics,
    tls,
    ...(answerLevel === undefined ? {} : { answerLevel }),
    ...(drainMs === undefined ? {} : { drainMs }),
    ...(maxConnectionAgeMs === undefined ? {} : { maxConnectionAgeMs }),
  });
  face.add(server);
  const tell = () => {
    const well = dependencies.every(({ required, check }) => !required || check() === undefined);
    for (const name of ['', face.service]) server.setServing(name, well);
  };
  const watched = dependencies.flatMap((dependency) => ('known' in dependency ? [dependency] : []));
  for (const { onChange } of watched) onChange(tell);
  const health = clock.every(healthPeriodMs, tell);
  const operations = createOperationsPort(deps, {
    dependencies,
    facts,
    stop: async (until) => {
      health.cancel();
      await server.close();
      await face.stop(until);
    },
  });
  const close = (until?: AbortSignal) => waitUntil(until, operations.close(until));
  try {
    for (const { known } of watched) await known;
    const port = await server.listen(face.address, face.portVariable);
    tell();
    const operationsPort = await operations.listen(face.operationsAddress);
    return { port, operationsPort, dependencies, close };
  } catch (err) {
    await close();
    throw err;
  }
};
