import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookie that carries a session's refresh token, out of reach of scripts and sent to the account routes only. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  /**
   * @param forMs how long the auth service may take the token; a browser counts from when it gets the answer, so keeps
   * it no shorter
   */
  set(reply: FastifyReply, refreshToken: string, forMs: number): void;
  clear(reply: FastifyReply): void;
}

const name = 'refreshToken';

/** @param path where the browser sees the account routes @param secure false only with `ENV=local` */
export const createSessionCookie = (path: string, secure: boolean): SessionCookie => {
  const options = { httpOnly: true, sameSite: 'strict', secure, path } as const;
  return {
    read: (request) => request.cookies[name],
    set: (reply, refreshToken, forMs) =>
      void reply.setCookie(name, refreshToken, { ...options, maxAge: Math.max(0, Math.ceil(forMs / 1_000)) }),
    clear: (reply) => void reply.clearCookie(name, options),
  };
};
