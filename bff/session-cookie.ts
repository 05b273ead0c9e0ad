import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookie that carries a session's refresh token, out of reach of scripts and sent to the account routes only. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  /** @param maxAgeS how long it lives, in seconds */
  set(reply: FastifyReply, refreshToken: string, maxAgeS: number): void;
  clear(reply: FastifyReply): void;
}

const name = 'refreshToken';

/** @param path where the browser sees the account routes @param secure false only with `ENV=local` */
export const createSessionCookie = (path: string, secure: boolean): SessionCookie => {
  const options = { httpOnly: true, sameSite: 'strict', secure, path } as const;
  return {
    read: (request) => request.cookies[name],
    set: (reply, refreshToken, maxAge) => void reply.setCookie(name, refreshToken, { ...options, maxAge }),
    clear: (reply) => void reply.clearCookie(name, options),
  };
};
