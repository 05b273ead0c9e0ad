import { connect, createServer, type Socket } from 'node:net';

/** A port of a neighbour that can fall silent: it goes on taking connections and bytes, and answers nothing. */
export interface SilentPort {
  readonly port: number;
  /** From now on, also on the connections that stand. */
  hush(): void;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** @param target the neighbour's own port; absent: silent from the beginning */
export const openSilentPort = async (target?: number): Promise<SilentPort> => {
  let silent = target === undefined;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((inner) => {
    keep(inner);
    if (silent || target === undefined) {
      inner.resume();
      return;
    }
    const outer = connect({ host, port: target });
    keep(outer);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      from.on('data', (bytes) => {
        if (!silent) to.write(bytes);
      });
      from.on('close', () => {
        if (!silent) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve());
  });
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    hush: () => {
      silent = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
