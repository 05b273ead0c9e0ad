import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@tickfolio/lib/clock';
import type { Faults } from '../faults/faults.js';
import type { Limits } from '../limits.js';
import { faultBody } from '../rest/rest.js';
import { parseStreamUrl, type StreamUrl } from './stream-url.js';

export interface DoormanDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly faults: Faults;
  connections(): number;
}

/** Decides about WebSocket upgrades: lets in what is allowed, refuses the rest with an HTTP status. */
export const createDoorman = ({ clock, limits, faults, connections }: DoormanDeps) => {
  const attempts = createAttemptLimit(clock, limits);
  /** @returns what the URL asks for, or undefined after having refused. */
  return (req: IncomingMessage, socket: Duplex): StreamUrl | undefined => {
    const refusal = faults.refusal('ws');
    if (refusal === 'reset') {
      resetConnection(socket);
      return undefined;
    }
    const refuse = (status: number, body: string): undefined => {
      refuseUpgrade(socket, status, body);
      return undefined;
    };
    if (refusal !== undefined) return refuse(refusal, faultBody(refusal));
    if (!attempts.take(req.socket.remoteAddress ?? ''))
      return refuse(429, JSON.stringify({ code: -1003, msg: 'Too many connection attempts.' }));
    if (connections() >= limits.maxConnections)
      return refuse(503, JSON.stringify({ code: -1008, msg: 'The simulator has as many connections as it takes.' }));
    const { url = '/' } = req;
    if (!URL.canParse(url, 'ws://exchange'))
      return refuse(400, JSON.stringify({ code: 2, msg: `"${url}" is no address that can be read.` }));
    const wanted = parseStreamUrl(new URL(url, 'ws://exchange'), limits.streamsPerConnection);
    return 'status' in wanted ? refuse(wanted.status, JSON.stringify({ code: 2, msg: wanted.reason })) : wanted;
  };
};

/** Breaks the TCP connection instead of answering. */
export const resetConnection = (socket: Duplex): void => {
  if ('resetAndDestroy' in socket) (socket as Socket).resetAndDestroy();
  else socket.destroy();
};

const refuseUpgrade = (socket: Duplex, status: number, body: string): void => {
  const retry = status === 429 ? 'Retry-After: 60\r\n' : '';
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\nConnection: close\r\nX-Exchange-Simulator: 1\r\n${retry}`;
  socket.end(
    `${head}Content-Type: application/json;charset=UTF-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
};

const maxAddresses = 10_000;

/** Counts connection attempts per address; `take` is false for one beyond the limit. Refused attempts count too. */
const createAttemptLimit = (
  clock: Clock,
  { connectionAttempts, attemptWindowMs }: Pick<Limits, 'connectionAttempts' | 'attemptWindowMs'>,
) => {
  const attempts = new Map<string, number[]>();
  return {
    take: (address: string): boolean => {
      const now = clock.monotonic();
      const recent = (attempts.get(address) ?? []).filter((at) => at > now - attemptWindowMs);
      recent.push(now);
      if (!attempts.has(address) && attempts.size >= maxAddresses) attempts.delete(attempts.keys().next().value ?? '');
      // Past the limit the newest ones are enough to remember.
      attempts.set(address, recent.slice(-connectionAttempts - 1));
      return recent.length <= connectionAttempts;
    },
  };
};
