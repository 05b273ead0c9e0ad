import type { FastifyInstance } from 'fastify';
import { type Clock, waitUntil } from '../clock/clock.js';
import type { Address } from '../config/config.js';
import { type Dependency, listen } from '../http/http.js';
import { closingOnce, type RunningService } from './running.js';

export interface HttpFace {
  readonly address: Address;
  /** The setting that moves the port, for the error's text. */
  readonly portVariable: string;
  /** As its /ready has them. */
  readonly dependencies: readonly Dependency[];
  /** On closing, answers that a client has not taken after so long are cut off. Default 5 000. */
  readonly drainMs?: number | undefined;
  /** Builds the server, its operations with it. @param draining true as soon as the service closes */
  build(draining: () => boolean): FastifyInstance;
  /** Ends what the service does by itself, before its server closes. Default nothing. */
  stop?(until?: AbortSignal): Promise<void>;
}

/**
 * Serves HTTP, and the operations on the same port. @throws StartError when it is taken; then `stop` is called and the
 * server closed
 */
export const serveHttp = async ({ clock }: { readonly clock: Clock }, face: HttpFace): Promise<RunningService> => {
  const { address, portVariable, dependencies, drainMs = 5_000 } = face;
  let draining = false;
  const server = face.build(() => draining);
  const close = closingOnce(async (until) => {
    draining = true;
    if (face.stop) await face.stop(until);
    const cut = clock.after(drainMs, () => server.server.closeAllConnections());
    try {
      await waitUntil(until, server.close());
    } finally {
      cut.cancel();
    }
  });
  try {
    const port = await listen(server, address, portVariable);
    return { port, operationsPort: port, dependencies, close };
  } catch (err) {
    await close();
    throw err;
  }
};
