import { randomBytes } from 'node:crypto';
import { secretHash } from './secret-hash.js';

/** What all tokens of a session begin with, and what one has for itself: 128 random bits each. */
const partBytes = 16;

/** What the tokens of a new session begin with; as secret as they are. */
export const newFamily = (): Buffer => randomBytes(partBytes);

/** What a token begins with; for one of a build before this, which had no families, bits that are no other's. */
export const familyOf = (token: string): Buffer => Buffer.from(token, 'base64url').subarray(0, partBytes);

/** 256 random bits, as 43 characters. @param family of its session; absent: none */
export const newRefreshToken = (family: Buffer = newFamily()): string =>
  Buffer.concat([family, randomBytes(partBytes)]).toString('base64url');

/** What is kept of a token. */
export const refreshTokenHash = (token: string): string => secretHash(token);

export const familyHash = (family: Buffer): string => secretHash(family);

export const isPossibleRefreshToken = (token: string): boolean => /^[\w-]{43}$/.test(token);
