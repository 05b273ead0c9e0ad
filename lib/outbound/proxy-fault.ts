/** A proxy that cannot be reached or does not let us through; `message` says it in words, without its password. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault';
}

/** `host:port` of a proxy, without user and password. */
export const placeOf = (proxy: URL): string =>
  `${proxy.hostname}:${proxy.port || (proxy.protocol === 'https:' ? '443' : '80')}`;

/** @param target `host:port` that was asked for */
export const refusedByProxy = (proxy: URL, target: string, status: number): ProxyFault => {
  const place = placeOf(proxy);
  if (status === 407)
    return new ProxyFault(
      proxy.username
        ? `the proxy ${place} does not take the user and password that stand in its setting (HTTP 407)`
        : `the proxy ${place} asks for a user and a password (HTTP 407); write them into its setting: http://user:password@${place}`,
    );
  const what = status === 403 ? 'does not let us through' : `answered HTTP ${status} instead of letting us through`;
  return new ProxyFault(`the proxy ${place} ${what} to ${target}${status === 403 ? ' (HTTP 403)' : ''}`);
};

export const unreachedProxy = (proxy: URL, cause: unknown): ProxyFault => {
  const why = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
  return new ProxyFault(`the proxy ${placeOf(proxy)} cannot be reached (${why})`, { cause });
};
