import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { serveParent } from '../measure/child.js';
import { readUsage } from '../measure/usage.js';

// An exchange that sends as many trades as it is told to, with consecutive ids and the time now, in the exchange's own
// protocol.

interface Book {
  readonly stream: string;
  readonly symbol: string;
  readonly ticker: string;
  lastId: number;
}

let books: readonly Book[] = [];
const listeners = new Map<string, Set<WebSocket>>();
/** Trades that may be on their way through the services when the rate is not set. */
const window = 6_000;
/** Trades sent before looking at anything else. */
const sliceTrades = 200;
let sent = 0;
let done = 0;
let seed = 1;
let stop: () => void = () => undefined;

const random = (below: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 4_294_967_296) * below);
};
const sendTo = (stream: string, text: string) => {
  for (const socket of listeners.get(stream) ?? []) socket.send(text);
};
const sendTrade = (now: number) => {
  const book = books[random(books.length)];
  if (!book) return;
  const id = ++book.lastId;
  const price = `${68_000 + random(999)}.${10 + random(89)}000000`;
  sent += 1;
  sendTo(
    book.stream,
    `{"stream":"${book.stream}","data":{"e":"aggTrade","E":${now},"s":"${book.symbol}","a":${id},"p":"${price}","q":"0.0${10 + random(89)}00000","f":${id},"l":${id},"T":${now},"m":${seed % 2 === 0},"M":true}}`,
  );
};
const sendTickers = () => {
  const now = Date.now();
  for (const { ticker, symbol } of books)
    sendTo(
      ticker,
      `{"stream":"${ticker}","data":{"e":"24hrMiniTicker","E":${now},"s":"${symbol}","c":"68123.45000000","o":"67000.00000000","h":"69000.00000000","l":"66000.00000000","v":"1234.50000000","q":"84096123.00000000"}}`,
    );
};

const tasks = {
  /** @param traded symbols, lower case @returns the port of its WebSocket and REST interface */
  start: async (traded: readonly string[]): Promise<number> => {
    books = traded.map((symbol, i) => ({
      stream: `${symbol}@aggTrade`,
      ticker: `${symbol}@miniTicker`,
      symbol: symbol.toUpperCase(),
      lastId: 3_000_000_000 + i * 1_000_000,
    }));
    const server = createServer((request, response) => {
      const known = request.url?.startsWith('/api/v3/exchangeInfo');
      const filters = [
        { filterType: 'PRICE_FILTER', tickSize: '0.01' },
        { filterType: 'LOT_SIZE', stepSize: '0.00001' },
      ];
      const symbols = books.map(({ symbol }) => ({
        symbol,
        status: 'TRADING',
        baseAsset: symbol.slice(0, -4),
        quoteAsset: 'USDT',
        filters,
      }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? { symbols } : []));
    });
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    sockets.on('connection', (socket) => {
      socket.on('message', (data) => {
        const { method, params, id } = JSON.parse(String(data)) as { method: string; params: string[]; id: number };
        for (const stream of params) {
          const others = listeners.get(stream) ?? new Set();
          listeners.set(stream, others);
          if (method === 'SUBSCRIBE') others.add(socket);
          else others.delete(socket);
        }
        socket.send(JSON.stringify({ result: null, id }));
      });
      socket.on('close', () => {
        for (const others of listeners.values()) others.delete(socket);
      });
    });
    setInterval(sendTickers, 1_000);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  /** @param perSecond trades a second; 0: as many as come out at the other end, which `progress` tells */
  send: async (perSecond: number) => {
    stop();
    [sent, done] = [0, 0];
    if (perSecond > 0) {
      const startedAt = performance.now();
      const timer = setInterval(() => {
        const due = ((performance.now() - startedAt) / 1_000) * perSecond;
        const now = Date.now();
        while (sent < due) sendTrade(now);
      }, 1);
      stop = () => clearInterval(timer);
      return;
    }
    let running = true;
    const slice = () => {
      if (!running) return;
      const now = Date.now();
      for (let i = 0; i < sliceTrades && sent - done < window; i++) sendTrade(now);
      setImmediate(slice);
    };
    slice();
    stop = () => {
      running = false;
    };
  },
  /** @param count trades that came out at the other end since `send` */
  progress: async (count: number) => {
    done = count;
  },
  /** @returns trades sent since `send` */
  stop: async (): Promise<number> => {
    stop();
    return sent;
  },
  usage: async () => readUsage(),
};

export type TradesExchange = typeof tasks;

serveParent(tasks);
