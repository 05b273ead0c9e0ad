// Prints what a portfolio is worth, live: node examples/dist/watch.js [http://localhost:8080] [name] [password]
// It renews its access token on the open socket and reconnects as the close codes ask for.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const [base = 'http://localhost:8080', name = 'alice', password = 'correct horse battery'] = process.argv.slice(2);
const url = `${base.replace(/^http/, 'ws')}/api/v1/ws`;
const longestPauseMs = 30_000;

interface Session {
  readonly accessToken: string;
  /** Holds the refresh token. */
  readonly cookie: string;
}

interface Answer {
  readonly accessToken: string;
}

const post = async (path: string, init: RequestInit): Promise<Session> => {
  const response = await fetch(`${base}/api/v1/auth/${path}`, { method: 'POST', ...init });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  const { accessToken } = (await response.json()) as Answer;
  const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  return { accessToken, cookie: cookie.join('; ') };
};
const login = () =>
  post('login', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, password }) });
const refresh = ({ cookie }: Session) => post('refresh', { headers: { cookie } });

let session = await login();

/** Shows frames until the socket closes. @returns the close code */
const watch = (shown: () => void): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${session.accessToken}` } });
    const renew = async () => {
      session = await refresh(session);
      socket.send(JSON.stringify({ type: 'refresh', accessToken: session.accessToken }));
    };
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { Type?: string; TotalValue?: string };
      if (message.TotalValue !== undefined) {
        shown();
        console.log(message.TotalValue);
      } else if (message.Type === 'token-expiring')
        renew().catch((err: unknown) => console.error(`not renewed yet: ${err}`));
    });
    socket.on('error', (err) => console.error(err.message)); // It closes then.
    socket.on('close', resolve);
  });

let failures = 0;
for (;;) {
  const code = await watch(() => {
    failures = 0;
  });
  if (code === 4429) throw new Error('Too many sockets or messages: close another client first.');
  if (code === 4401) session = await refresh(session).catch(login);
  const pauseMs = Math.min(longestPauseMs, 500 * 2 ** failures++) * Math.random();
  if (code !== 1001) await sleep(pauseMs);
}
