import { createHash } from 'node:crypto';

/** What is kept of a secret that we made. A fast hash is enough for one that nobody can guess. */
export const secretHash = (secret: string | Buffer): string => createHash('sha256').update(secret).digest('base64url');
