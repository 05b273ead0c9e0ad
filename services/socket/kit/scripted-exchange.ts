import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

// For tests only: an exchange of which every answer is decided by the test.

export interface ScriptedConnection {
  readonly number: number;
  /** What it is subscribed to now. */
  readonly names: Set<string>;
  /** Control messages in order, with their arrival in milliseconds. */
  readonly control: {
    readonly method: string;
    readonly params?: readonly string[];
    readonly id: number;
    readonly atMs: number;
  }[];
  /** From now on it neither answers nor sends anything, and stays open. */
  fallSilent(): void;
  readonly closed: boolean;
  send(text: string): void;
  close(code?: number): void;
  terminate(): void;
}

export interface ScriptedExchange {
  readonly wsUrl: string;
  readonly restUrl: string;
  readonly connections: ScriptedConnection[];
  /** Upgrade requests, refused ones too. */
  attempts: number;
  restCalls: string[];
  /** Answer upgrades with this HTTP status instead. */
  refuse: { status: number; headers?: Record<string, string>; body?: string } | undefined;
  /**
   * Replies to a control message; default acknowledges, and lists what is subscribed. Return undefined to stay silent.
   */
  answer: (
    message: { method: string; params: string[]; id: number },
    connection: ScriptedConnection,
  ) => string | undefined;
  rest: (path: string, request: IncomingMessage, response: ServerResponse) => void;
  /** Sends to every connection that is subscribed to the stream. */
  publish(name: string, data: Record<string, unknown>): void;
  close(): Promise<void>;
}

export const tradeOf = (symbol: string, id: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  e: 'aggTrade',
  E: 1_700_000_000_000 + id,
  s: symbol.toUpperCase(),
  a: id,
  p: '1.5',
  q: '2',
  f: id,
  l: id,
  T: 1_700_000_000_000 + id,
  m: false,
  M: true,
  ...more,
});

export const tickerOf = (symbol: string, timeMs: number, close = '1.5'): Record<string, unknown> => ({
  e: '24hrMiniTicker',
  E: timeMs,
  s: symbol.toUpperCase(),
  c: close,
  o: '1',
  h: '2',
  l: '1',
  v: '10',
  q: '15',
});

export const wrap = (name: string, data: Record<string, unknown>): string => JSON.stringify({ stream: name, data });

export const listOf = (symbols: readonly string[], status = 'TRADING') => ({
  symbols: symbols.map((symbol) => ({
    symbol: symbol.toUpperCase(),
    status,
    baseAsset: symbol.slice(0, -4).toUpperCase(),
    quoteAsset: 'USDT',
    filters: [
      { filterType: 'PRICE_FILTER', tickSize: '0.01' },
      { filterType: 'LOT_SIZE', stepSize: '0.001' },
    ],
  })),
});

const json = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

export const answerJson = json;

/** @param port 0 picks a free one */
export const startScriptedExchange = async (symbols: readonly string[], port = 0): Promise<ScriptedExchange> => {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer((request, response) => {
    exchange.restCalls.push(request.url ?? '');
    exchange.rest(request.url ?? '', request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    exchange.attempts += 1;
    socket.on('error', () => undefined); // Who was refused may cut the connection before the answer has left.
    const { refuse } = exchange;
    if (refuse) {
      const headers = Object.entries(refuse.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
      const { status, body = '' } = refuse;
      socket.end(
        `HTTP/1.1 ${status} No\r\n${headers.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, accept);
  });
  const accept = (socket: WebSocket) => {
    const names = new Set<string>();
    let isSilent = false;
    const connection: ScriptedConnection = {
      number: exchange.connections.length,
      names,
      control: [],
      get closed() {
        return socket.readyState !== WebSocket.OPEN;
      },
      fallSilent: () => {
        isSilent = true;
      },
      send: (text) => {
        if (!isSilent) socket.send(text);
      },
      close: (code = 1001) => socket.close(code),
      terminate: () => socket.terminate(),
    };
    exchange.connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const read = JSON.parse(String(data)) as { method: string; params?: string[]; id: number };
      connection.control.push({ ...read, atMs: performance.now() });
      if (isSilent) return;
      const message = { params: [], ...read };
      const reply = exchange.answer(message, connection);
      if (reply === undefined) return;
      if (reply.includes('"result"')) {
        for (const name of message.params) {
          if (message.method === 'SUBSCRIBE') names.add(name);
          else if (message.method === 'UNSUBSCRIBE') names.delete(name);
        }
      }
      socket.send(reply);
    });
  };
  const exchange: ScriptedExchange = {
    wsUrl: '',
    restUrl: '',
    connections: [],
    attempts: 0,
    restCalls: [],
    refuse: undefined,
    answer: ({ method, id }, { names }) =>
      JSON.stringify({ result: method === 'LIST_SUBSCRIPTIONS' ? [...names] : null, id }),
    rest: (path, _request, response) => {
      if (path.startsWith('/api/v3/exchangeInfo'))
        json(response, listOf(symbols), 200, { 'x-exchange-simulator': 'scripted' });
      else json(response, { code: -1, msg: 'not scripted' }, 404);
    },
    publish: (name, data) => {
      for (const connection of exchange.connections)
        if (!connection.closed && connection.names.has(name)) connection.send(wrap(name, data));
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return Object.assign(exchange, { wsUrl: `ws://127.0.0.1:${bound}`, restUrl: `http://127.0.0.1:${bound}` });
};
