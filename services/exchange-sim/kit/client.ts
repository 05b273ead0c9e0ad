import { eventually } from '@tickfolio/lib/kit/wait-until';
import { WebSocket } from 'ws';

/** A plain WebSocket client for tests: keeps what came, and waits for what should come. */
export interface TestClient {
  readonly ws: WebSocket;
  /** Everything received, parsed, in order. */
  readonly frames: Frame[];
  /** The first frame (from the beginning, or after `from` frames) that fits. Rejects after `deadlineMs`. */
  frame(
    fits: (frame: Frame) => boolean,
    options?: { readonly from?: number; readonly deadlineMs?: number },
  ): Promise<Frame>;
  send(message: unknown): void;
  /** Sends a control message and waits for the reply with its id. */
  ask(message: { readonly id: number } & Readonly<Record<string, unknown>>): Promise<Frame>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/**
 * Frames and replies of every kind at once, as far as tests look into them; which fields are there depends on the kind.
 */
export interface Frame {
  readonly stream: string;
  /** A list on streams of all symbols. */
  readonly data: Frame & readonly Frame[];
  readonly e: string;
  readonly E: number;
  readonly s: string;
  readonly a: number;
  readonly f: number;
  readonly p: string;
  readonly q: string;
  readonly c: string;
  readonly o: string;
  readonly h: string;
  /** The lowest price of a ticker. */
  readonly l: string;
  readonly v: string;
  readonly T: number;
  readonly result: readonly string[];
}

/** Rejects with the HTTP status in the message when the upgrade is refused. */
export const connect = async (url: string, options: { readonly autoPong?: boolean } = {}): Promise<TestClient> => {
  const ws = new WebSocket(url, options);
  const frames: Frame[] = [];
  ws.on('message', (data) => frames.push(JSON.parse(data.toString())));
  ws.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await new Promise((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  const client: TestClient = {
    ws,
    frames,
    frame: (fits, { from = 0, deadlineMs } = {}) =>
      eventually('the frame', () => frames.slice(from).find(fits), deadlineMs),
    send: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    ask: (message) => {
      const from = frames.length;
      client.send(message);
      return client.frame((frame) => 'id' in frame && frame.id === message.id, { from });
    },
    closed,
  };
  return client;
};

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/**
 * Tries to connect; resolves with how it was refused, or undefined when it was not. A broken connection has status 0.
 */
export const refusalOf = (url: string): Promise<Refusal | undefined> =>
  new Promise((resolve) => {
    const ws = new WebSocket(url);
    ws.on('open', () => {
      ws.terminate();
      resolve(undefined);
    });
    ws.on('error', (err) => resolve({ status: 0, headers: {}, body: err.message }));
    ws.on('unexpected-response', (_req, res) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(parts).toString() }),
      );
    });
  });

/** The body is as `JSON.parse` gives it: every call has a form of its own. */
export const getJson = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
};
