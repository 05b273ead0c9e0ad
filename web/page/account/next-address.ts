import { useSearch } from '@tanstack/react-router';

/** An address of this page out of what stands in the address bar; undefined for one of any other origin. */
export const ownAddress = (asked: unknown, origin: string): string | undefined => {
  if (typeof asked !== 'string' || !asked.startsWith('/')) return undefined;
  try {
    const { origin: found, pathname, search, hash } = new URL(asked, origin);
    // Put together again, a path of two slashes would name another host.
    return found === origin && !pathname.startsWith('//') ? pathname + search + hash : undefined;
  } catch {
    return undefined; // No address at all.
  }
};

/** Where to go after signing in: the address that was asked for, if it is one of ours. */
export const useNextAddress = (): string => {
  const { next } = useSearch({ strict: false }) as { next?: unknown };
  return ownAddress(next, location.origin) ?? '/';
};
