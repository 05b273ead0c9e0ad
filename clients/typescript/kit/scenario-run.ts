import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Scenario, ScriptedAnswer, SocketStep } from './scenario.js';

/** One scenario with one client. */
export interface ScenarioRun {
  readonly seen: readonly string[];
  /** @param body all of the request's */
  answer(request: IncomingMessage, path: string, body: string, response: ServerResponse): Promise<void>;
  play(request: IncomingMessage, socket: WebSocket): Promise<void>;
}

const api = '/api/v1';
const lifeSeconds = 900;
const userId = 'a1b2c3d4-e5f6-7890-1234-567890abcdef';
/** Reading instead of the socket is another subject than these scripts. */
const unseen = new Set([`GET ${api}/profile/frame`, 'GET /done', 'GET /taken']);

const frame = (total: string, of?: string) => ({
  UserID: userId,
  UserName: 'alice',
  ...(of === undefined ? {} : { PortfolioID: of, BaseCurrency: 'USDT', Cash: [], NetWorth: total }),
  Version: 1,
  TotalValue: total,
  Coins: [],
  AsOf: '2026-01-27T10:00:01.034Z',
});
const balance = (available: string) => ({
  ...{ Type: 'balance', PortfolioID: '0199a3c2-7d10-7000-8000-000000000001', Version: 1, Asset: 'USDT', Via: '' },
  ...{ Available: available, Reserved: '0', Reason: 'fund', Ref: 'posting:0199a3c2-7d10-7000-8000-000000000002' },
});
const order = (status: string, filledAt: string | undefined) => ({
  Type: 'order',
  Version: 1,
  Order: {
    ...{ id: '0199a3c2-7d10-7000-8000-000000000007', clientOrderId: 'my-1', symbol: 'btcusdt', side: 'BUY' },
    ...{ portfolioId: '0199a3c2-7d10-7000-8000-000000000001', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5' },
    ...{ quoteQuantity: null, price: '68000', stopPrice: null, icebergQuantity: null, status, working: true },
    ...{ filledQuantity: '0', filledQuote: '0', averagePrice: null, fees: [], settled: true, reason: null },
    ...{ reserved: { asset: 'USDT', quantity: '34000' }, mode: 'paper', executionId: null, simulatedPrices: false },
    ...{ version: 1, createdAt: '2026-01-27T10:00:00.000Z', updatedAt: '2026-01-27T10:00:00.000Z' },
  },
  LastFill:
    filledAt === undefined
      ? null
      : {
          ...{ TradeID: 7, Price: filledAt, Quantity: '0.1', Fee: null, FeeAsset: null, Maker: true },
          Time: '2026-01-27T10:00:00.000Z',
        },
});
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const numberIn = (text: string | undefined): string =>
  /(\d+)\.s$|=r(\d+)/
    .exec(text ?? '')
    ?.slice(1)
    .join('') ?? '';

const secondFactorIn = (body: string): readonly string[] => {
  const { ticket, kind, code } = JSON.parse(body) as Record<string, string>;
  return [`${ticket}`, `${kind}`, `${code}`];
};

/** @param base the path at which this client finds its server */
export const createScenarioRun = (scenario: Scenario, base: string): ScenarioRun => {
  const seen: string[] = [];
  const keys: string[] = [];
  const given = new Map<string, number>();
  let tokens = 0;
  let opened = 0;
  let playing: Promise<void> = Promise.resolve();
  let taken: () => void = () => undefined;
  let channelsAsked: readonly string[] = [];
  const asked = new WeakMap<WebSocket, ReadonlyMap<string, Promise<void>>>();

  const issue = () => {
    const iat = Date.parse(scenario.issuedAt ?? '2026-01-27T10:00:00Z') / 1_000;
    const claims = { sub: userId, name: 'alice', sid: 's1', iat, exp: iat + lifeSeconds };
    return `h.${encoded(claims)}.${++tokens}.s`;
  };
  const usual = (call: string): unknown => {
    if (/\/auth\/(login|refresh|second-factor)$/.test(call)) return { accessToken: issue() };
    if (call === `GET ${api}/profile`) return { ID: userId, Name: 'alice', Coins: [], Version: 1 };
    return {};
  };
  const note = (call: string, { headers }: IncomingMessage, body: string) => {
    const key = headers['idempotency-key'];
    if (typeof key === 'string' && !keys.includes(key)) keys.push(key);
    const facts = [
      ...(call.startsWith(`POST ${api}/auth/`) ? [numberIn(headers.cookie)] : [numberIn(headers.authorization)]),
      ...(typeof key === 'string' ? [`key ${keys.indexOf(key) + 1}`] : []),
      ...(call.endsWith('/second-factor') ? secondFactorIn(body) : []),
    ];
    if (!unseen.has(call)) seen.push([call.replace(api, ''), ...facts].filter(Boolean).join(' '));
  };
  const send = (response: ServerResponse, { status, retryAfter, body }: ScriptedAnswer) => {
    response.writeHead(status, {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...((body as { accessToken?: string } | null | undefined)?.accessToken === undefined
        ? {}
        : { 'set-cookie': `refreshToken=r${tokens}; Path=${base}${api}/auth; HttpOnly; SameSite=Strict` }),
    });
    const notNow = { detail: 'Not now.', code: 'urn:tickfolio:problem:unavailable' };
    response.end(JSON.stringify(body === undefined ? notNow : body));
  };
  const refreshed = (socket: WebSocket) =>
    new Promise<void>((resolve) =>
      socket.once('message', () => {
        socket.send(JSON.stringify({ Type: 'token-accepted', ExpiresAt: '2026-01-27T10:15:00.000Z' }));
        resolve();
      }),
    );
  const sendAndWait = (socket: WebSocket, total: string, of: string | undefined) =>
    new Promise<void>((resolve) => {
      taken = resolve;
      socket.send(JSON.stringify(frame(total, of)));
    });
  const step = async (socket: WebSocket, what: SocketStep) => {
    if ('frame' in what) await sendAndWait(socket, what.frame, what.of);
    if ('viewed' in what) await asked.get(socket)?.get('view');
    if ('subscribed' in what) {
      await asked.get(socket)?.get('subscribe');
      socket.send(JSON.stringify({ Type: 'subscribed', Channels: channelsAsked }));
    }
    if ('balance' in what) socket.send(JSON.stringify(balance(what.balance)));
    if ('order' in what) socket.send(JSON.stringify(order(what.order, what.filledAt)));
    if ('resync' in what) socket.send(JSON.stringify({ Type: 'resync' }));
    if ('error' in what) socket.send(JSON.stringify({ Type: 'error', Detail: what.error, Reason: what.reason }));
    if ('frames' in what)
      for (let total = 1; total <= what.frames; total++) socket.send(JSON.stringify(frame(String(total))));
    if ('text' in what) socket.send(what.text);
    if ('expiring' in what)
      socket.send(JSON.stringify({ Type: 'token-expiring', ExpiresAt: '2026-01-27T10:15:00.000Z' }));
    if ('refreshed' in what) await refreshed(socket);
    if ('close' in what) socket.close(what.close, 'as the scenario has it');
    if ('cut' in what) socket.terminate();
  };

  return {
    seen,
    answer: async (request, path, body, response) => {
      const call = `${request.method} ${path}`;
      note(call, request, body);
      if (call === 'GET /done') await playing;
      if (call === 'GET /taken') taken();
      const count = given.get(call) ?? 0;
      given.set(call, count + 1);
      const scripted = scenario.answers?.[call.replace(api, '')]?.[count];
      if (scripted?.status === 0) request.socket.destroy();
      else if (scripted)
        send(
          response,
          scripted.body === undefined && scripted.status < 400 ? { ...scripted, body: usual(call) } : scripted,
        );
      else if (call === `GET ${api}/profile/frame`) send(response, { status: 503 });
      else send(response, { status: 200, body: usual(call) });
    },
    play: async (request, socket) => {
      const { authorization, 'sec-websocket-protocol': protocols } = request.headers;
      seen.push(`socket ${numberIn(authorization ?? protocols)}`);
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as Record<string, string> & { readonly channels?: string[] };
        const { type, accessToken, portfolioId, channels } = message;
        if (type === 'subscribe') channelsAsked = channels ?? [];
        seen.push(`${type} ${channels?.join(' ') ?? portfolioId ?? numberIn(accessToken)}`);
      });
      const said = (type: string) =>
        new Promise<void>((resolve) =>
          socket.on('message', (data) => (JSON.parse(String(data)) as { type: string }).type === type && resolve()),
        );
      asked.set(socket, new Map(['view', 'subscribe'].map((type) => [type, said(type)])));
      const script = scenario.sockets?.[Math.min(opened++, scenario.sockets.length - 1)] ?? [];
      const play = async () => {
        for (const what of script) await step(socket, what);
      };
      playing = play();
      await playing;
    },
  };
};
