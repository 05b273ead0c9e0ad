import { createServer, type Server, type Socket } from 'node:net';
import { SocketServiceClient } from '@tickfolio/gen/market/v1';
import { afterEach, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { becomes } from '../kit/becomes.js';
import { createServiceClient } from './grpc.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Something that takes connections and says nothing. */
const listen = async (port = 0) => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  open.push({ close });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, connections: () => sockets.size, close };
};
const connect = (port: number) => {
  const client = createServiceClient(SocketServiceClient, {
    ...{ clock: systemClock, target: `127.0.0.1:${port}`, classes: {}, away: 'It is away.', restMs: 0 },
  });
  open.push(client);
};

it('finds a connection that was made before it, also where the service came later or was started anew', async () => {
  const first = await listen();
  connect(first.port);
  await becomes(first.connections, 1);
  await first.close();
  const again = await listen(first.port);
  await becomes(again.connections, 1);
});
