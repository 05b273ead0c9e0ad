import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, as 43 characters. */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of a token. A fast hash is enough for a secret that nobody can guess. */
export const refreshTokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

export const isPossibleRefreshToken = (token: string): boolean => /^[\w-]{43}$/.test(token);
