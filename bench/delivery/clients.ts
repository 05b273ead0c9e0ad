import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { signAccessToken } from '@tickfolio/lib/access-token';
import { systemClock } from '@tickfolio/lib/clock';
import { reportToParent, serveParent } from '../measure/child.js';
import { createLatencies, preciseNow } from '../measure/latencies.js';
import { readUsage } from '../measure/usage.js';
import { groupOf, groups, stampAgeMs, userIdOf } from './load.js';

// Many WebSocket clients on plain TCP sockets: it must cost less than what it measures. All read into one buffer.

interface Client {
  readonly socket: Socket;
  readonly group: number;
  open: boolean;
  /** A part of a frame, waiting for the rest. */
  rest: Buffer | undefined;
  /** The newest second shown of each coin, in the frame's order. */
  readonly seconds: number[];
}

const clients = new Set<Client>();
const shared = Buffer.allocUnsafe(256 * 1_024);
const priceMark = Buffer.from('"Price":"');
/**
 * `stamp`: from the time written into the first price. `window`: from the end of the second that each new price is of.
 */
type DelayFrom = 'stamp' | 'window';

let measuring = false;
let delayFrom: DelayFrom = 'stamp';
let frames = 0;
let bytes = 0;
let unstamped = 0;
let lost = 0;
let latencies = createLatencies();
let from = readUsage();
/** Frames of each group. */
const arrived = Array.from({ length: groups }, () => 0);
let isReported = true;
let reporting: NodeJS.Timeout | undefined;

interface Arrival {
  readonly client: Client;
  readonly atMs: number;
  readonly text: Buffer;
}

/** Read after the phase: reading them as they come would be counted as the delay of those that wait meanwhile. */
const arrivals: Arrival[] = [];

const readArrival = ({ client: { seconds }, atMs, text }: Arrival) => {
  const { Coins } = JSON.parse(String(text)) as { readonly Coins: readonly { readonly PriceTime: string | null }[] };
  for (const [i, { PriceTime }] of Coins.entries()) {
    if (PriceTime === null) continue;
    const second = Math.floor(Date.parse(PriceTime) / 1_000);
    const shown = seconds[i];
    seconds[i] = second;
    // The first prices that a client is shown are of the past, and late by nature.
    if (shown !== undefined && second > shown) latencies.add(atMs - (second + 1) * 1_000);
  }
};
const takeText = (client: Client, data: Buffer, start: number, end: number) => {
  arrived[client.group] = (arrived[client.group] ?? 0) + 1;
  isReported = false;
  if (!measuring) return;
  frames += 1;
  bytes += end - start;
  if (delayFrom === 'window') {
    arrivals.push({ client, atMs: preciseNow(), text: Buffer.from(data.subarray(start, end)) });
    return;
  }
  const at = data.indexOf(priceMark, start);
  const age = at < 0 || at >= end ? Number.NaN : stampAgeMs(data, at + priceMark.length);
  if (Number.isNaN(age)) unstamped += 1;
  else latencies.add(age);
};
const pong = ({ socket }: Client, payload: Buffer) => {
  // Masked, as a client's frames must be; with a mask of zeros the payload stays as it is.
  socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
};
/** Takes the whole frames out of `data`. @returns where the first incomplete one begins */
const takeFrames = (client: Client, data: Buffer): number => {
  let at = 0;
  while (data.length - at >= 2) {
    const opcode = (data[at] ?? 0) & 0x0f;
    let length = (data[at + 1] ?? 0) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (data.length < start + 2) break;
      length = data.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      if (data.length < start + 8) break;
      length = Number(data.readBigUInt64BE(start));
      start += 8;
    }
    const end = start + length;
    if (data.length < end) break;
    if (opcode === 1) takeText(client, data, start, end);
    else if (opcode === 9) pong(client, data.subarray(start, end));
    else if (opcode === 8) client.socket.destroy();
    at = end;
  }
  return at;
};
const take = (client: Client, data: Buffer) => {
  const whole = client.rest ? Buffer.concat([client.rest, data]) : data;
  const done = takeFrames(client, whole);
  client.rest = done === whole.length ? undefined : Buffer.from(whole.subarray(done));
};

const openOne = (port: number, user: number, token: string | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const answer: Buffer[] = [];
    const handshake = (data: Buffer) => {
      answer.push(Buffer.from(data));
      const text = Buffer.concat(answer);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!text.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) {
        reject(new Error(`the upgrade was refused: ${text.toString('latin1', 0, 300)}`));
        return;
      }
      client.open = true;
      resolve();
      if (text.length > end + 4) take(client, text.subarray(end + 4));
    };
    const callback = (length: number, buffer: Uint8Array): boolean => {
      const data = (buffer as Buffer).subarray(0, length);
      if (client.open) take(client, data);
      else handshake(data);
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: shared, callback } });
    const client: Client = { socket, group: groupOf(user), open: false, rest: undefined, seconds: [] };
    clients.add(client);
    socket.on('connect', () => {
      const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
      const key = randomBytes(16).toString('base64');
      socket.write(
        `GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${authorization}\r\n`,
      );
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (clients.delete(client) && client.open) lost += 1;
      reject(new Error('the connection was closed'));
    });
  });

const reportMs = 2;
/** Connections being opened at a time. */
const openingAtOnce = 64;

const tasks = {
  /**
   * Opens a connection for each user. @param jwtSecret signs a token for each; undefined when none is asked for
   * @returns how long it took, milliseconds
   */
  open: async (port: number, users: number, jwtSecret: string | null): Promise<number> => {
    const tokenOf = (user: number): string | undefined => {
      if (jwtSecret === null) return undefined;
      const owner = { userId: userIdOf(user), userName: `user-${user}`, sessionId: randomUUID() };
      return signAccessToken({ secret: jwtSecret, clock: systemClock }, owner, 900_000).token;
    };
    const tokens = Array.from({ length: users }, (_, user) => tokenOf(user));
    const startedAt = performance.now();
    let next = 0;
    const worker = async () => {
      for (let user = next++; user < users; user = next++) await openOne(port, user, tokens[user]);
    };
    await Promise.all(Array.from({ length: openingAtOnce }, worker));
    return performance.now() - startedAt;
  },
  /** @param from what delay is counted from */
  delayFrom: async (from: DelayFrom) => {
    delayFrom = from;
  },
  begin: async () => {
    [frames, bytes, unstamped, lost] = [0, 0, 0, 0];
    latencies = createLatencies();
    from = readUsage();
    for (const { seconds } of clients) seconds.length = 0;
    measuring = true;
  },
  end: async () => {
    measuring = false;
    const to = readUsage();
    for (const arrival of arrivals.splice(0)) readArrival(arrival);
    const seconds = (to.atMs - from.atMs) / 1_000;
    return {
      frames,
      bytes,
      unstamped,
      lost,
      open: clients.size,
      seconds,
      cpuUs: to.cpuUs - from.cpuUs,
      latency: latencies.summary(),
    };
  },
  /** Tells the parent again and again how many frames of each group arrived, or stops to. */
  report: async (on: boolean) => {
    clearInterval(reporting);
    reporting = undefined;
    if (!on) return;
    reporting = setInterval(() => {
      if (isReported) return;
      isReported = true;
      reportToParent(arrived);
    }, reportMs);
  },
  /** The first ones read nothing from now on. */
  deafen: async (count: number) => {
    for (const { socket } of [...clients].slice(0, count)) socket.pause();
  },
  closeAll: async () => {
    for (const { socket } of clients) socket.destroy();
    clients.clear();
  },
};

export type DeliveryClients = typeof tasks;

serveParent(tasks);
