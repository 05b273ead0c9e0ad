import type { Clock } from '@tickfolio/lib/clock';
import { createCallTimes, type GrpcTls, type Neighbour } from '@tickfolio/lib/grpc';
import type { WatchTurn } from '@tickfolio/lib/lane/turns';
import type { Metrics } from '@tickfolio/lib/telemetry';
import type { ObserveCircuit } from '@tickfolio/lib/telemetry/circuit-metrics';
import type { NeighbourName, NeighbourTargets } from './neighbour-settings.js';
import { createTurnMetrics } from './portfolios/turn-metrics.js';

/** One of them, as the gateway needs it. */
export interface NeighbourClient {
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

/** Where one is, and how its calls are shown, also while they wait for others of the same user. */
export interface Where extends Neighbour {
  /** From `createTurnMetrics`. */
  readonly watchTurn: WatchTurn;
}

/** The services that the gateway calls by gRPC. */
export interface Neighbours {
  /**
   * Its client. Whoever asks with the same `create` gets the same one; it is closed by the owner of the neighbours.
   * @param create makes it, of where the service is and how its calls are shown
   */
  client<Client extends NeighbourClient>(name: NeighbourName, create: (where: Where) => Client): Client;
}

export interface NeighboursDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Absent: not encrypted. */
  readonly tls?: GrpcTls | undefined;
  readonly observeCircuit: ObserveCircuit;
}

/** Closing them closes every client. */
export const createNeighbours = (
  { clock, metrics, tls, observeCircuit }: NeighboursDeps,
  targets: NeighbourTargets,
): Neighbours & { close(): void } => {
  const watchTurn = createTurnMetrics(metrics, clock);
  const shown = { clock, tls, observe: createCallTimes(metrics), observeCircuit, watchTurn };
  const clients = new Map<unknown, NeighbourClient>();
  return {
    client: <Client extends NeighbourClient>(name: NeighbourName, create: (where: Where) => Client) => {
      const client = (clients.get(create) as Client | undefined) ?? create({ ...shown, target: targets[name] });
      clients.set(create, client);
      return client;
    },
    close: () => {
      for (const client of clients.values()) client.close();
      clients.clear();
    },
  };
};
