/**
 * A key for one thing that somebody wants done, however often it has to be sent: 32 random characters. Not
 * `randomUUID`, which browsers have on pages opened by https only.
 */
export const newChangeKey = (random: Pick<Crypto, 'getRandomValues'> = crypto): string =>
  [...random.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
