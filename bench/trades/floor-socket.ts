import { Server, ServerCredentials, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import { type RawFrame, type RawResponse, SocketServiceService } from '@tickfolio/gen/market/v1';
import { WebSocket } from 'ws';
import { serveParent } from '../measure/child.js';
import { readUsage } from '../measure/usage.js';
import { batching, tradeSymbols } from './load.js';

// The least a process between the exchange and gRPC can do: read a frame, parse it once, pass it on in batches.

let stream: ServerWritableStream<unknown, RawResponse> | undefined;
let frames: RawFrame[] = [];
let parsed: unknown;

const flush = () => {
  if (frames.length === 0) return;
  stream?.write({ frames, statuses: [] });
  frames = [];
};
const dataMark = '"data":';
const take = (text: string) => {
  const payload = text.slice(text.indexOf(dataMark) + dataMark.length, -1);
  parsed = JSON.parse(payload);
  frames.push({ payload, receiveTimeMs: Date.now() });
  if (frames.length >= batching.frames) flush();
};
const refuse = (_call: unknown, answer: sendUnaryData<never>) => answer({ code: status.UNIMPLEMENTED });

const tasks = {
  start: async (exchangePort: number): Promise<number> => {
    const server = new Server();
    server.addService(SocketServiceService, {
      receiveRawAggTrade: (call: ServerWritableStream<unknown, RawResponse>) => {
        stream = call;
      },
      receiveRawMiniTicker: () => undefined,
      listAggTrades: refuse,
      listSymbols: refuse,
    });
    const socket = new WebSocket(`ws://127.0.0.1:${exchangePort}/stream`, { perMessageDeflate: false });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.on('message', (data) => {
      const text = String(data);
      if (text.startsWith('{"stream"')) take(text);
    });
    setInterval(flush, batching.flushMs);
    socket.send(
      JSON.stringify({ method: 'SUBSCRIBE', params: tradeSymbols.map((symbol) => `${symbol}@aggTrade`), id: 1 }),
    );
    return new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (err, port) =>
        err ? reject(err) : resolve(port),
      );
    });
  },
  usage: async () => ({ ...readUsage(), parsed: parsed !== undefined }),
};

export type TradesFloorSocket = typeof tasks;

serveParent(tasks);
