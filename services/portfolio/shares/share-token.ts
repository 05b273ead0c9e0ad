import { createHash, randomBytes } from 'node:crypto';

/** Nobody guesses 160 bits. In hex, so that it stays itself where an address is written in small letters or in capitals. */
const tokenBytes = 20;

export const makeToken = (): string => randomBytes(tokenBytes).toString('hex');

/** What is kept and looked up, of whatever is said to be a token: nothing is found out by how long that takes. */
export const hashOfToken = (token: string): Uint8Array => createHash('sha256').update(token.toLowerCase()).digest();
