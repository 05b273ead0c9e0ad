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

/**
 * What attempts from an address are counted under. One household owns a whole /64 of IPv6, so its addresses count as
 * one; an IPv4 address written as IPv6 counts as itself. Whatever is no address counts together.
 */
export const addressKey = (clientAddress: string): string => {
  const address = clientAddress.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
  const version = isIP(mapped);
  if (version === 4) return mapped;
  if (version === 6) return `${groupsOf(mapped).slice(0, 4).join(':')}::/64`;
  return 'unknown';
};
