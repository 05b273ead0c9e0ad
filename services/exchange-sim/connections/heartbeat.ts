import type { Clock, Timer } from '@tickfolio/lib/clock';

export interface HeartbeatOptions {
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /** Whether pings are being left out on command. */
  isSilent(): boolean;
  ping(payload: string): void;
  onTimeout(): void;
}

/** Pings a peer and notices when an answer stays out. Only a pong that copies a ping's payload counts. */
export interface Heartbeat {
  pong(payload: string): void;
  close(): void;
}

export const createHeartbeat = (clock: Clock, options: HeartbeatOptions): Heartbeat => {
  // Unanswered pings, oldest first; at most pongTimeoutMs / pingIntervalMs + 1 of them.
  let waiting: { readonly payload: string; readonly sentAt: number }[] = [];
  let deadline: Timer | undefined;
  const arm = () => {
    deadline?.cancel();
    deadline = undefined;
    const [oldest] = waiting;
    if (oldest)
      deadline = clock.after(Math.max(0, oldest.sentAt + options.pongTimeoutMs - clock.monotonic()), options.onTimeout);
  };
  const pinging = clock.every(options.pingIntervalMs, () => {
    if (options.isSilent()) return;
    const payload = String(clock.now());
    waiting.push({ payload, sentAt: clock.monotonic() });
    options.ping(payload);
    if (waiting.length === 1) arm();
  });
  return {
    pong: (payload) => {
      const at = waiting.findIndex((ping) => ping.payload === payload);
      if (at < 0) return;
      waiting = waiting.slice(at + 1);
      arm();
    },
    close: () => {
      pinging.cancel();
      deadline?.cancel();
    },
  };
};
