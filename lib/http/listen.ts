import type { FastifyInstance } from 'fastify';
import type { Address } from '../config/config.js';
import { StartError } from '../errors/errors.js';

/** Runs `work` while fastify says nothing: its line for each address would repeat what the service says itself. */
const quietly = async (app: FastifyInstance, work: () => Promise<unknown>): Promise<void> => {
  const { level } = app.log;
  app.log.level = 'warn';
  try {
    await work();
  } finally {
    app.log.level = level;
  }
};

/** Listens and returns the bound port. @throws StartError naming the variable that moves the port when it is taken. */
export const listen = async (app: FastifyInstance, address: Address, portVariable: string): Promise<number> => {
  try {
    await quietly(app, () => app.listen({ host: address.host, port: address.port }));
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw err;
    const why = code === 'EACCES' ? 'may not be opened by this user' : 'is in use';
    throw new StartError(
      `Port ${address.port} on ${address.host} ${why}. Set ${portVariable} to another one (0 picks a free one).`,
    );
  }
  const bound = app.server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : address.port;
};
