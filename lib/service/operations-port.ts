import type { Address } from '../config/config.js';
import { addOperations, createHttpServer, type Dependency, listen } from '../http/http.js';
import type { Logger, Metrics } from '../telemetry/telemetry.js';
import { closingOnce, type RunningService } from './running.js';

export interface OperationsDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface OperationsOptions {
  readonly dependencies: readonly Dependency[];
  /** Facts to show in /ready beside the dependencies. */
  readonly facts?: (() => Readonly<Record<string, unknown>>) | undefined;
  /** Ends what the service does, while /health still answers. */
  stop(until?: AbortSignal): Promise<void>;
}

/**
 * The port for operations of a service that listens when `listen` is called; /ready says `draining` as soon as it
 * closes.
 */
export const createOperationsPort = (
  { log, metrics }: OperationsDeps,
  { dependencies, facts, stop }: OperationsOptions,
) => {
  let draining = false;
  const server = createHttpServer({ log, forceCloseConnections: true });
  addOperations(server, { metrics, dependencies, draining: () => draining, ...(facts ? { facts } : {}) });
  return {
    /** @returns the bound port. @throws StartError when it is taken */
    listen: async (address: Address | undefined): Promise<number | undefined> =>
      address && listen(server, address, 'METRICS_ADDR'),
    close: closingOnce(async (until) => {
      draining = true;
      await stop(until);
      await server.close();
    }),
  };
};

/**
 * Serves /health, /ready and /metrics of a service that serves nothing else. @throws StartError when the port is taken
 */
export const serveOperations = async (
  deps: OperationsDeps,
  { address, ...options }: OperationsOptions & { readonly address: Address | undefined },
): Promise<RunningService<undefined>> => {
  const { dependencies } = options;
  const operations = createOperationsPort(deps, options);
  try {
    const operationsPort = await operations.listen(address);
    return { port: undefined, operationsPort, dependencies, close: operations.close };
  } catch (err) {
    await operations.close();
    throw err;
  }
};
