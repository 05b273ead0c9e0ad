import type { Frame as ServedFrame } from '@tickfolio/api/frame';
import { readReceived } from '@tickfolio/api/kit/received';
import { type ClientOptions, WebSocket } from 'ws';
import type { TestUser } from './bff.js';

/** A frame, or a message about the connection, of which the last four fields are. */
export type Frame = ServedFrame & {
  readonly Type?: string;
  readonly Detail?: string;
  readonly Reason?: string;
  readonly ExpiresAt?: string;
};

export interface TestSocket {
  readonly ws: WebSocket;
  /** Everything received, oldest first. */
  readonly messages: readonly Frame[];
  readonly texts: readonly string[];
  /** The first message, received already or to come, for which `wanted` holds. */
  next(wanted?: (frame: Frame) => boolean, withinMs?: number): Promise<Frame>;
  /** Forgets what was received. */
  clear(): void;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): Promise<void>;
}

/** No promise: what comes within milliseconds may take that long on a busy machine. */
const patienceMs = 60_000;

/** Opens a client's socket. @throws an Error with `status` and the answer's text when the upgrade is refused */
export const openSocket = (
  url: string,
  user: Pick<TestUser, 'token'> | undefined,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<TestSocket> => {
  const headers = { ...(user ? { authorization: `Bearer ${user.token}` } : {}), ...options.headers };
  const ws = new WebSocket(url, protocols, { ...options, headers });
  const messages: Frame[] = [];
  const texts: string[] = [];
  const waiting = new Set<() => void>();
  ws.on('message', (data) => {
    texts.push(data.toString());
    // What the document of the WebSocket has otherwise is thrown here, where nobody can overlook it.
    messages.push(readReceived(data.toString()) as Frame);
    for (const look of waiting) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  const socket: TestSocket = {
    ws,
    messages,
    texts,
    next: (wanted = () => true, withinMs = patienceMs) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = messages.find(wanted);
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no such message within ${withinMs} ms; received: ${texts.join('\n')}`));
        }, withinMs);
        waiting.add(look);
        look();
      }),
    clear: () => {
      messages.length = 0;
      texts.length = 0;
    },
    closed,
    close: async () => {
      ws.close();
      await closed;
    },
  };
  return new Promise((resolve, reject) => {
    ws.on('open', () => resolve(socket));
    ws.on('error', reject);
    ws.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        reject(Object.assign(new Error(`refused with ${response.statusCode}`), { status: response.statusCode, text })),
      );
    });
  });
};
