import { type Dispatcher, fetch, Pool, ProxyAgent } from 'undici';
import { refusedByProxy, unreachedProxy } from './proxy-fault.js';

const credentialsOf = ({ username, password }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;

/** A proxy that has not answered a CONNECT by then is not waited for any more, also where whoever asked is gone. */
const answerMs = 10_000;

type Connect = (options: Omit<Dispatcher.ConnectOptions, 'origin'>) => Promise<Dispatcher.ConnectData>;

/** Connections to the proxy itself; the library would tell a refusal in an error's text only. */
const proxyPool = (proxy: URL, options: Pool.Options): Dispatcher => {
  const pool = new Pool(proxy.origin, { ...options, headersTimeout: answerMs });
  const reach: Connect = pool.connect.bind(pool);
  const connect: Connect = async (target) => {
    const answer = await reach(target).catch((err: unknown) => {
      throw unreachedProxy(proxy, err);
    });
    if (answer.statusCode === 200) return answer;
    answer.socket.on('error', () => undefined).destroy();
    throw refusedByProxy(proxy, target.path, answer.statusCode);
  };
  return Object.assign(pool, { connect });
};

/** Sends requests through the proxy. */
export const tunnelDispatcher = (proxy: URL): Dispatcher =>
  new ProxyAgent({
    uri: proxy.origin,
    ...(proxy.username ? { token: credentialsOf(proxy) } : {}),
    clientFactory: (_origin, options) => proxyPool(proxy, options),
  });

/** The fetch that goes with the dispatcher; Node's own takes none but of its own version. */
export const fetchOver = async (
  dispatcher: Dispatcher,
  address: string,
  init: RequestInit | undefined,
): Promise<Response> =>
  (await fetch(address, { ...(init as Parameters<typeof fetch>[1]), dispatcher })) as unknown as Response;
