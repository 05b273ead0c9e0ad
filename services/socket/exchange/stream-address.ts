import type { Logger } from '@tickfolio/lib/telemetry';
import { portOf } from '../rest/exchange-words.js';
import type { ConnectionEnd } from './exchange-connection.js';

/** At which of its stream addresses the exchange is reached. */
export interface StreamAddress {
  /** Where the next connection is tried. */
  readonly current: string;
  opened(url: string): void;
  /** Learns from a connection that ended. @returns the end, its reason in words for people */
  ended(url: string, end: ConnectionEnd): ConnectionEnd;
}

export interface StreamAddressDeps {
  readonly log: Logger;
  /** The preferred one first. */
  readonly urls: readonly [string, ...string[]];
  /** The scheme over which the exchange's REST interface answered last (`https`); undefined where it did not. */
  readonly answersOver: () => string | undefined;
}

/** What is closed, in words. @param ports of all addresses that were tried */
export const closedInWords = (ports: readonly string[], detail: string, answersOver: string | undefined): string => {
  const [port = ''] = ports;
  const what =
    ports.length > 1 ? `neither of its stream ports ${ports.join(' and ')} does` : `its stream port ${port} does not`;
  return answersOver === undefined
    ? `the exchange's stream ${ports.length > 1 ? `ports ${ports.join(' and ')} do` : `port ${port} does`} not answer (${detail})`
    : `the exchange answers over ${answersOver}, but ${what} (${detail}): a firewall or a proxy?`;
};

/** Goes on to the next address where one never opens, and stays where one does. */
export const createStreamAddress = ({ log, urls, answersOver }: StreamAddressDeps): StreamAddress => {
  const [preferred] = urls;
  const dead = new Set<string>();
  let current = preferred;
  let told = preferred;
  const portsOf = (addresses: Iterable<string>) => [...addresses].map(portOf);
  return {
    get current() {
      return current;
    },
    opened: (url) => {
      dead.delete(url);
      if (url === told) return;
      told = url;
      if (url === preferred) log.warn({ address: url }, 'the exchange answers at its usual stream port again');
      else
        log.warn(
          { address: url },
          `the exchange's stream port ${portOf(preferred)} does not answer; its port ${portOf(url)} is used instead`,
        );
    },
    ended: (url, end) => {
      if (end.why !== 'failed' || !end.neverOpened) return end;
      dead.add(url);
      // Connections that began together fail together: the first of them decides.
      if (url === current) current = urls[(urls.indexOf(url) + 1) % urls.length] ?? preferred;
      return { ...end, detail: closedInWords(portsOf(urls.filter((one) => dead.has(one))), end.detail, answersOver()) };
    },
  };
};
