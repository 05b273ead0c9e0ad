import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

// For tests only: an HTTP proxy as companies have one, which knows CONNECT and nothing else.

export interface TestProxy {
  readonly port: number;
  /** `host:port` of every CONNECT, refused ones too, in order. */
  readonly asked: string[];
  /** Answer CONNECTs so instead of letting them through; by target, or for all. */
  refuse: ((target: string) => number | undefined) | undefined;
  /** Take connections and say nothing. */
  silent: boolean;
  /** Connections that are open through it or waiting at it. */
  readonly open: number;
  close(): Promise<void>;
}

export interface TestProxyOptions {
  /** Where a name leads that only the proxy can resolve: `host:port` to a port of this machine. */
  readonly places: Readonly<Record<string, number>>;
  /** `user:password` that it asks for. */
  readonly credentials?: string;
}

/** Speaks TLS before a server that does not; `cert` and `key` are PEM. @returns its port */
export const startTestTls = async (port: number, tls: { readonly cert: Buffer; readonly key: Buffer }) => {
  const server = createTlsServer(tls, (socket) => {
    const there = connect(port, '127.0.0.1');
    for (const one of [socket, there]) one.on('error', () => one.destroy());
    socket.pipe(there).pipe(socket);
    there.once('close', () => socket.destroy());
    socket.once('close', () => there.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
};

export const startTestProxy = async ({ places, credentials }: TestProxyOptions): Promise<TestProxy> => {
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createServer((_request, response) => response.writeHead(405).end('CONNECT only'));
  const proxy = {
    port: 0,
    asked: [] as string[],
    refuse: undefined as TestProxy['refuse'],
    silent: false,
    get open() {
      return sockets.size;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  server.on('connect', (request, socket, head) => {
    const target = request.url ?? '';
    proxy.asked.push(target);
    keep(socket);
    if (proxy.silent) {
      socket.resume().once('end', () => socket.destroy());
      return;
    }
    const port = places[target];
    const status =
      wanted && request.headers['proxy-authorization'] !== wanted
        ? 407
        : (proxy.refuse?.(target) ?? (port ? 200 : 502));
    if (status !== 200 || port === undefined) {
      const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="test"\r\n' : '';
      socket.end(`HTTP/1.1 ${status} No\r\n${challenge}Content-Length: 2\r\n\r\nno`);
      return;
    }
    const there = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) there.write(head);
      socket.pipe(there).pipe(socket);
    });
    keep(there);
    there.once('close', () => socket.destroy());
    socket.once('close', () => there.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
};
