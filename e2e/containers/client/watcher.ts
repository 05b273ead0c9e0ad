import { isFrame, type Received, readReceived } from '@tickfolio/api/kit/received';
import type { Clock } from '@tickfolio/lib/clock';
import { WebSocket } from 'ws';
import { type Frame, faultOf, pricedSince } from './frame.js';

const reconnectMs = 250;
const handshakeMs = 5_000;
/** Some hours of frames; more end the run instead of the memory. */
const maxFrames = 200_000;

export interface SeenFrame {
  /** On the wall clock, as its prices' times are. */
  readonly atMs: number;
  readonly pricedSinceMs: number | undefined;
  /** `btcusdt 1.5, ethusdt 10` */
  readonly holds: string;
  /** Counts connections: the first frame of a new one must be whole. */
  readonly connection: number;
}

/** A client that watches its portfolio the whole time and connects again by itself when it is cut off. */
export interface Watcher {
  readonly frames: readonly SeenFrame[];
  /** Sums that were wrong in any digit, and messages that were no frames. */
  readonly faults: readonly string[];
  /** How often it was cut off. */
  readonly cuts: () => number;
  readonly isOpen: () => boolean;
  close(): void;
}

/** @param base the BFF, `http://host:port` */
export const startWatcher = (clock: Clock, base: string, token: () => string): Watcher => {
  const frames: SeenFrame[] = [];
  const faults: string[] = [];
  let cuts = 0;
  let connection = 0;
  let socket: WebSocket | undefined;
  let closed = false;

  const see = (frame: Frame) => {
    const fault = faultOf(frame);
    if (fault !== undefined) faults.push(fault);
    if (frames.length >= maxFrames) throw new Error(`more than ${maxFrames} frames`);
    const holds = frame.Coins.map(({ Symbol: symbol, Quantity }) => `${symbol} ${Quantity}`).join(', ');
    frames.push({ atMs: clock.now(), pricedSinceMs: pricedSince(frame), holds, connection });
  };
  const read = (text: string): Received | undefined => {
    try {
      return readReceived(text);
    } catch (err) {
      faults.push(String(err).slice(0, 300));
      return undefined;
    }
  };
  const connect = () => {
    if (closed) return;
    const current = new WebSocket(`${base.replace('http', 'ws')}/api/v1/ws`, {
      headers: { authorization: `Bearer ${token()}` },
      handshakeTimeout: handshakeMs,
    });
    socket = current;
    let opened = false;
    current.on('open', () => {
      opened = true;
      connection += 1;
    });
    current.on('message', (data) => {
      const message = read(String(data));
      if (message && isFrame(message)) see(message);
    });
    current.on('error', () => undefined); // Told by 'close' too.
    current.on('close', () => {
      if (opened) cuts += 1;
      if (socket === current) socket = undefined;
      clock.after(reconnectMs, connect);
    });
  };
  connect();
  return {
    frames,
    faults,
    cuts: () => cuts,
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    close: () => {
      closed = true;
      socket?.terminate();
    },
  };
};
