import { systemClock } from '@tickfolio/lib/clock';
import { createMetrics } from '@tickfolio/lib/telemetry';
import { type NeighbourName, targetsOf } from '../neighbour-settings.js';
import { createNeighbours, type NeighbourClient, type Neighbours } from '../neighbours.js';

/** Nobody listens there. */
const nowhere = '127.0.0.1:1';

/** Neighbours of which a test plays some; the others are away. Closing them closes only the clients of these. */
export const playedNeighbours = (
  played: Readonly<Partial<Record<NeighbourName, NeighbourClient>>>,
): Neighbours & { close(): void } => {
  const away = createNeighbours(
    { clock: systemClock, metrics: createMetrics('bff'), observeCircuit: () => () => undefined },
    targetsOf(() => nowhere),
  );
  return {
    client: <Client extends NeighbourClient>(...[name, create]: Parameters<typeof away.client<Client>>) =>
      (played[name] as Client | undefined) ?? away.client(name, create),
    close: away.close,
  };
};
