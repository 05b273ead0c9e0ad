import type { Logger } from '@tickfolio/lib/telemetry';
import { cookiesNeedHttps, dropsSecureCookies } from './transport-watch.js';

export interface UnderstoodAddress {
  readonly publicUrls: readonly string[];
  readonly basePath: string;
  readonly trustProxy: boolean | string[];
  readonly secureCookie: boolean;
}

/** Says at the start where this server takes itself to be, before anybody has to guess it from a refusal. */
export const tellAddress = (
  log: Logger,
  { publicUrls, basePath, trustProxy, secureCookie }: UnderstoodAddress,
): void => {
  const believed = typeof trustProxy === 'boolean' ? (trustProxy ? 'everybody' : 'nobody') : trustProxy.join(', ');
  const place =
    publicUrls.length > 0
      ? `pages are expected at ${publicUrls.join(', ')} (PUBLIC_URL)`
      : `the own address is what each request's Host says, under ${basePath} (PUBLIC_URL is not set)`;
  log.info({ publicUrls, basePath, trustProxy }, `${place}; X-Forwarded-* is believed of ${believed} (TRUST_PROXY)`);
  const words = cookiesInWords(secureCookie, publicUrls);
  // Where PUBLIC_URL is not set a proxy may well serve https.
  if (words !== undefined) log[publicUrls.length > 0 ? 'warn' : 'info'](words);
};

/** What the operator has to know of the cookies; undefined where they work, as far as the settings tell. */
export const cookiesInWords = (secureCookie: boolean, publicUrls: readonly string[]): string | undefined => {
  if (!secureCookie) return undefined;
  if (publicUrls.length === 0) return cookiesNeedHttps;
  const plain = publicUrls.filter(dropsSecureCookies);
  return plain.length > 0 ? `${cookiesNeedHttps}; PUBLIC_URL names ${plain.join(', ')}` : undefined;
};
