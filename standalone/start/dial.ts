import { type Address, hostPort } from '@tickfolio/lib/config';

const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * How this process reaches what listens at an address: every interface includes loopback. @returns `host:port`, an IPv6
 * host in brackets
 */
export const dialTarget = ({ host, port }: Address): string => hostPort({ host: loopbackOf[host] ?? host, port });

/** The same for people: what listens everywhere is found at `localhost`. */
export const shownTarget = (address: Address): string =>
  loopbackOf[address.host] === undefined ? dialTarget(address) : `localhost:${address.port}`;
