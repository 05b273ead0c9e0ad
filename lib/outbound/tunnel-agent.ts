import type { Agent, ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { hostPort } from '../config/config.js';
import { refusedByProxy, unreachedProxy } from './proxy-fault.js';

type Options = Parameters<HttpsProxyAgent<string>['connect']>[1];

export interface TunnelOptions {
  /** Ends the agent's connections, whatever stage they are at. */
  readonly signal?: AbortSignal;
  /** For TLS with the server behind the proxy; default Node's own authorities, and no certificate of ours. PEM. */
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;
}

/** The library hands a proxy's refusal on as if the exchange had answered; here it is an error that names the proxy. */
class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #proxy: URL;
  readonly #options: TunnelOptions;

  constructor(proxy: URL, options: TunnelOptions) {
    const { signal } = options;
    super(proxy, { keepAlive: true, ...(signal ? { signal } : {}) });
    this.#proxy = proxy;
    this.#options = options;
  }

  override async connect(request: ClientRequest, options: Options) {
    let status: number | undefined;
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode;
    });
    const socket = await this.#reach(super.connect(request, { ...options, ...this.#options.tls }));
    if (status === 200) return socket;
    socket.destroy();
    throw refusedByProxy(
      this.#proxy,
      hostPort({ host: String(options.host), port: Number(options.port) }),
      status ?? 0,
    );
  }

  async #reach<T extends Duplex>(connecting: Promise<T>): Promise<T> {
    try {
      return await connecting;
    } catch (err) {
      throw this.#options.signal?.aborted ? err : unreachedProxy(this.#proxy, err);
    }
  }
}

/** An agent of Node's http that tunnels through the proxy. */
export const createTunnelAgent = (proxy: URL, options: TunnelOptions = {}): Agent => new TunnelAgent(proxy, options);
