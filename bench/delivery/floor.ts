import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { serveParent } from '../measure/child.js';
import { readUsage } from '../measure/usage.js';
import { groupOf, groups, type Pace, stampPrice, startPace } from './load.js';

// The least that a WebSocket server in Node can do: `ws` alone, one ready-made frame a client with the time written
// into it.

interface Receiver {
  readonly socket: WebSocket;
  readonly group: number;
}

const receivers: Receiver[] = [];
const byGroup: Receiver[][] = Array.from({ length: groups }, () => []);
let template = Buffer.alloc(0);
let stampAt = 0;
let stop: () => void = () => undefined;

const maxBufferedBytes = 65_536;
/** So many sends between two looks at the sockets. */
const sliceSends = 250;

const send = ({ socket }: Receiver, price: string) => {
  if (socket.bufferedAmount > maxBufferedBytes) return;
  const frame = Buffer.from(template); // Every client gets a frame of its own, as portfolios are.
  frame.write(price, stampAt, 'latin1');
  socket.send(frame, { binary: false });
};
const tickGroup = (group: number) => {
  const price = stampPrice();
  for (const receiver of byGroup[group] ?? []) send(receiver, price);
};
const saturate = (): (() => void) => {
  let next = 0;
  let running = true;
  const slice = () => {
    if (!running) return;
    const price = stampPrice();
    for (let i = 0; i < sliceSends && receivers.length > 0; i++) {
      const receiver = receivers[next++ % receivers.length];
      if (receiver) send(receiver, price);
    }
    setImmediate(slice);
  };
  slice();
  return () => {
    running = false;
  };
};

const tasks = {
  /** @param frameBytes length of every frame @returns the port it listens on */
  start: async (frameBytes: number): Promise<number> => {
    const head = '{"UserID":"00000000-0000-4000-8000-000000000000","Coins":[{"Price":"';
    const rest = '18341.227911"}]}';
    stampAt = head.length;
    template = Buffer.from(
      head + rest.slice(0, 12) + rest.slice(12).padStart(Math.max(4, frameBytes - head.length - 12)),
    );
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4_096 });
    server.on('connection', (socket) => {
      const receiver = { socket, group: groupOf(receivers.length) };
      receivers.push(receiver);
      byGroup[receiver.group]?.push(receiver);
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return (server.address() as AddressInfo).port;
  },
  setPace: async (pace: Pace) => {
    stop();
    stop = () => undefined;
    if (pace === 'saturated') stop = saturate();
    else if (pace === 'spread' || pace === 'burst') stop = startPace(pace, tickGroup);
  },
  /** The sockets alone say how fast it goes. */
  progress: async (_frames: readonly number[]) => undefined,
  usage: async (collect: boolean) => ({ ...readUsage(collect), ticks: 0 }),
};

export type DeliveryFloor = typeof tasks;

serveParent(tasks);
