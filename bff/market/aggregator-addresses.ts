import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Clock, sleep } from '@tickfolio/lib/clock';

/**
 * Every aggregator there is now, as base URLs. Never throws: what cannot be looked up is what was found before, or the
 * name itself.
 */
export type AggregatorAddresses = () => Promise<readonly string[]>;

/** The addresses a host name has now. */
export type LookUp = (host: string) => Promise<readonly string[]>;

/** How long a name may take to be looked up. */
const lookUpMs = 1_000;
/** Of one name not more are used. */
const maxAddresses = 64;

const lookUpAll: LookUp = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * @param baseUrls each of one aggregator, or of a name that has one address for each of several (a headless service, a
 * compose service with replicas). An https URL stands for itself, because a certificate is made out to the name.
 */
export const findAggregators = (
  baseUrls: readonly string[],
  clock: Clock,
  lookUp: LookUp = lookUpAll,
): AggregatorAddresses => {
  const found = new Map<string, readonly string[]>();

  const expand = async (baseUrl: string): Promise<readonly string[]> => {
    const url = new URL(baseUrl);
    if (url.protocol !== 'http:' || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return [baseUrl];
    const late = new AbortController();
    const addresses = await Promise.race([
      lookUp(url.hostname).catch(() => undefined),
      sleep(clock, lookUpMs, late.signal).then(() => undefined),
    ]).finally(() => late.abort());
    // One address is no choice, and the name says more to people.
    if (addresses && addresses.length > 0) {
      const each = [...new Set(addresses)].sort().slice(0, maxAddresses);
      found.set(baseUrl, each.length === 1 ? [baseUrl] : each.map((address) => withHost(url, address)));
    }
    return found.get(baseUrl) ?? [baseUrl];
  };
  return async () => [...new Set((await Promise.all(baseUrls.map(expand))).flat())];
};

const withHost = (url: URL, address: string): string => {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return `http://${host}${url.port === '' ? '' : `:${url.port}`}${url.pathname.replace(/\/$/, '')}`;
};
