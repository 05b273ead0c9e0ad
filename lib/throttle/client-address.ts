import { isIP } from 'node:net';

/** The eight groups of an IPv6 address. */
const groupsOf = (address: string): string[] => {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(missing).fill('0'), ...after].map((group) =>
    (Number.parseInt(group, 16) || 0).toString(16),
  );
};

/** An IPv4 address, also one that is written as IPv6, or the groups of an IPv6 address; undefined for what is none. */
const readAddress = (clientAddress: string): string | readonly string[] | undefined => {
  const address = clientAddress.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
  const version = isIP(mapped);
  if (version === 4) return mapped;
  return version === 6 ? groupsOf(mapped) : undefined;
};

/**
 * What attempts from an address are counted under. One household owns a whole /64 of IPv6, so its addresses count as
 * one; an IPv4 address written as IPv6 counts as itself. Whatever is no address counts together.
 */
export const addressKey = (clientAddress: string): string => {
  const address = readAddress(clientAddress) ?? 'unknown';
  return typeof address === 'string' ? address : `${address.slice(0, 4).join(':')}::/64`;
};

/** What is kept of an address: its /24, or its /48 of IPv6; empty for what is none. */
export const networkOf = (clientAddress: string): string => {
  const address = readAddress(clientAddress) ?? '';
  if (typeof address !== 'string') return `${address.slice(0, 3).join(':')}::/48`;
  return address && `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
};
