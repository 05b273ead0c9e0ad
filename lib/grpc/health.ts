import { type Client, credentials, makeClientConstructor } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { callUnary, type UnaryMethod, type UnaryOptions } from './client.js';

const HealthClient = makeClientConstructor(healthService, 'Health');

type Check = UnaryMethod<{ readonly service: string }, { readonly status: string }>;

/**
 * Asks grpc.health.v1 of the server that `client` is connected to, over the same connection.
 * @param service its full name, or '' for the whole server. @throws AppError when it cannot be asked
 */
export const isServing = async (client: Client, service: string, options: UnaryOptions): Promise<boolean> => {
  const health = new HealthClient('', credentials.createInsecure(), { channelOverride: client.getChannel() });
  const { status } = await callUnary(health, health.check as unknown as Check, { service }, options);
  return status === 'SERVING';
};
