import type { Agent } from 'node:http';
import type { Dispatcher } from 'undici';
import { placeOf } from './proxy-fault.js';
import { type ProxySettings, proxyFor } from './proxy-settings.js';
import { createTunnelAgent, type TunnelOptions } from './tunnel-agent.js';

export { ProxyFault } from './proxy-fault.js';
export { noProxies, type ProxySettings, proxyFor, proxyVariables } from './proxy-settings.js';

/**
 * The way to outside addresses, through a proxy where one is set; always by CONNECT, so that no proxy sees what is said
 * over TLS.
 */
export interface Outbound {
  /** Like Node's own. @throws TypeError whose cause is a ProxyFault where the proxy is to blame */
  readonly fetch: typeof globalThis.fetch;
  /**
   * For clients of Node's http, such as WebSockets: an agent of their own, which fails with a ProxyFault where the
   * proxy is to blame. Undefined where the address is reached directly.
   */
  agentFor(address: string, options?: TunnelOptions): Agent | undefined;
  /** `host:port` of the proxy on the way, for people. */
  proxyOf(address: string): string | undefined;
  /** Cuts what is still open. */
  close(): Promise<void>;
}

export const createOutbound = (settings: ProxySettings): Outbound => {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  // Loaded where there is a proxy only: it takes a tenth of a second and 20 MB.
  const dispatcherFor = (proxy: URL): Promise<Dispatcher> => {
    const known =
      dispatchers.get(proxy.href) ??
      import('./tunnel-dispatcher.js').then(({ tunnelDispatcher }) => tunnelDispatcher(proxy));
    dispatchers.set(proxy.href, known);
    return known;
  };
  return {
    fetch: async (input, init) => {
      const address = input instanceof Request ? input.url : String(input);
      const proxy = proxyFor(address, settings);
      if (!proxy) return fetch(input, init);
      const { fetchOver } = await import('./tunnel-dispatcher.js');
      return fetchOver(await dispatcherFor(proxy), address, init);
    },
    agentFor: (address, options) => {
      const proxy = proxyFor(address, settings);
      return proxy && createTunnelAgent(proxy, options);
    },
    proxyOf: (address) => {
      const proxy = proxyFor(address, settings);
      return proxy && placeOf(proxy);
    },
    close: async () => {
      await Promise.all([...dispatchers.values()].map(async (dispatcher) => (await dispatcher).destroy()));
    },
  };
};
