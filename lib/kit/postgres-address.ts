import { connect, createServer, type Socket } from 'node:net';
import { host, listening } from './postgres.js';

/** An address that can be made to lead elsewhere, as a name or a floating address does after a failover. */
export interface TestAddress {
  readonly host: string;
  readonly port: number;
  /** What connects from now on finds that port; what is connected stays where it is. */
  pointTo(port: number): void;
  /** Cuts one of the connections that stand; who had it may connect again. @param pick which one of so many */
  cutOne(pick: (count: number) => number): void;
  /** Cuts every connection. */
  close(): Promise<void>;
}

export const startTestAddress = async (port: number): Promise<TestAddress> => {
  let target = port;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host, port: target });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  return {
    host,
    port: await listening(server),
    pointTo: (next) => {
      target = next;
    },
    cutOne: (pick) => [...sockets][pick(sockets.size)]?.destroy(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
