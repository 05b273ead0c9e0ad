import { createHash, randomBytes } from 'node:crypto';

/** What all tokens of a session begin with, and what one has for itself: 128 random bits each. */
const partBytes = 16;

const hashOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('base64url');

/** What the tokens of a new session begin with; as secret as they are. */
export const newFamily = (): Buffer => randomBytes(partBytes);

/** What a token begins with; for one of a build before this, which had no families, bits that are no other's. */
export const familyOf = (token: string): Buffer => Buffer.from(token, 'base64url').subarray(0, partBytes);

/** 256 random bits, as 43 characters. @param family of its session; absent: none */
export const newRefreshToken = (family: Buffer = newFamily()): string =>
  Buffer.concat([family, randomBytes(partBytes)]).toString('base64url');

/** What is kept of a token. A fast hash is enough for a secret that nobody can guess. */
export const refreshTokenHash = (token: string): string => hashOf(token);

export const familyHash = (family: Buffer): string => hashOf(family);

export const isPossibleRefreshToken = (token: string): boolean => /^[\w-]{43}$/.test(token);
