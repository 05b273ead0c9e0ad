import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/** Through which proxies outside addresses are reached. */
export interface ProxySettings {
  /** For `https:` and `wss:`. */
  readonly https: URL | undefined;
  /** For `http:` and `ws:`. */
  readonly http: URL | undefined;
  /** What is reached directly all the same, in the words of NO_PROXY. */
  readonly except: string | undefined;
}

export const noProxies: ProxySettings = { https: undefined, http: undefined, except: undefined };

const canBeRead = ({ username, password }: URL): boolean => {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
};

/**
 * A proxy's address; `host:port` stands for `http://host:port`. Faults do not repeat it, since it may hold a password.
 */
const proxy = () =>
  z
    .string()
    .transform((text, ctx): URL | undefined => {
      const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
      const url = URL.canParse(whole) ? new URL(whole) : undefined;
      if (url?.hostname && ['http:', 'https:'].includes(url.protocol) && canBeRead(url)) return url;
      const message =
        url && !canBeRead(url)
          ? 'holds a user or a password with a % that stands for no character; write %25 for it'
          : 'must be the address of an HTTP proxy, such as http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128';
      ctx.addIssue({ code: 'custom', message });
      return undefined;
    })
    .optional()
    .meta({ kind: '`http://user:password@proxy.example.com:3128`' });

/**
 * For the schema of a service that talks to the outside; both spellings are in use, and the lower-case one comes first,
 * as with curl.
 */
export const proxyVariables = {
  HTTPS_PROXY: proxy().describe(
    'The proxy for `https:` and `wss:` addresses outside (the exchange, an OTLP collector), always by CONNECT.',
  ),
  HTTP_PROXY: proxy().describe(
    'The proxy for `http:` and `ws:` addresses outside. Inside addresses (this machine, private ones, names without a dot) are reached directly.',
  ),
  NO_PROXY: z.string().optional().describe('Hosts that are reached directly all the same, separated by commas.'),
  https_proxy: proxy().describe('As `HTTPS_PROXY`; this spelling comes first, as with curl.'),
  http_proxy: proxy().describe('As `HTTP_PROXY`.'),
  no_proxy: z.string().optional().describe('As `NO_PROXY`.'),
};

const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv6');

const familyOf = (host: string): 'ipv4' | 'ipv6' => (isIP(host) === 6 ? 'ipv6' : 'ipv4');

/** This machine, a private address, or a name that only a network of one's own knows (`redis`, `tick.internal`). */
const isInside = (host: string): boolean =>
  isIP(host)
    ? privateNetworks.check(host, familyOf(host))
    : !host.includes('.') || /\.(localhost|local|internal|svc)$/.test(host);

const isInNetwork = (host: string, text: string): boolean => {
  const [network = '', bits = ''] = text.split('/');
  if (
    !isIP(host) ||
    isIP(network) !== isIP(host) ||
    !/^\d{1,3}$/.test(bits) ||
    Number(bits) > (isIP(host) === 6 ? 128 : 32)
  )
    return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), familyOf(host));
  return list.check(host, familyOf(host));
};

/**
 * `example.com` means its subdomains too, as do `.example.com` and `*.example.com`; a port narrows it; `10.0.0.0/8` is
 * a network.
 */
const isMeant = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(host, entry);
  const [, named = '', , onPort] = /^(\[.*\]|[^:]*|.*:.*:.*?)(:(\d+))?$/.exec(entry) ?? [];
  if (onPort !== undefined && onPort !== port) return false;
  const name = named.replace(/^\[(.*)\]$/, '$1').replace(/^\*?\./, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`));
};

const defaultPorts: Readonly<Record<string, string>> = { 'https:': '443', 'wss:': '443', 'http:': '80', 'ws:': '80' };

/**
 * The proxy for an address (`https:`, `wss:`, `http:`, `ws:`); undefined for what is reached directly, as everything
 * inside is.
 */
export const proxyFor = (address: string, { https, http, except = '' }: ProxySettings): URL | undefined => {
  const { protocol, hostname, port } = new URL(address);
  const chosen = protocol === 'https:' || protocol === 'wss:' ? https : http;
  const host = hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (!chosen || isInside(host)) return undefined;
  const entries = except
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return entries.some((entry) => isMeant(entry, host, port || (defaultPorts[protocol] ?? ''))) ? undefined : chosen;
};
