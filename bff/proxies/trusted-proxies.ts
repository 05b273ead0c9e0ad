import { isIP } from 'node:net';
import { z } from '@tickfolio/lib/config';

/** What fastify knows by name. */
const namedNetworks: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
const examples =
  'write the addresses or networks of your proxies as the BFF sees them, such as 127.0.0.1 or 10.0.0.0/8, comma-separated';

/** Why it names no proxies; undefined for what does. */
const faultOf = (part: string): string | undefined => {
  if (namedNetworks.includes(part)) return undefined;
  if (part === 'true')
    return `must not be true, with which everybody could say that they come from any address; ${examples}`;
  if (/^\d+$/.test(part))
    return `must not be a number, "${part}", as that does not say which proxies are meant; ${examples}`;
  const [address = '', prefix, ...more] = part.split('/');
  // A zone is a matter of one machine's interfaces.
  const kind = address.includes('%') || more.length > 0 ? 0 : isIP(address);
  if (kind === 0) return `must be false or list addresses, not "${part}", which is none; ${examples}`;
  const bits = kind === 4 ? 32 : 128;
  if (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bits))
    return undefined;
  return `must not have "/${prefix}" after ${address}: a network of such addresses has 1 to ${bits} bits`;
};

/** `false` (nobody is believed), or the proxies' addresses and networks, separated by commas. */
export const trustedProxies = () =>
  z
    .string()
    .default('false')
    .transform((text, ctx): false | string[] => {
      if (text === 'false') return false;
      const all = text.split(',').map((part) => part.trim());
      for (const part of all) {
        const fault = faultOf(part);
        if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault });
      }
      return all;
    })
    .meta({
      kind: '`false`, or addresses and networks as the bff sees them (`127.0.0.1`, `10.0.0.0/8`, `fd00::/8`, `loopback`, `linklocal`, `uniquelocal`), separated by commas',
    });
