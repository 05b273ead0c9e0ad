import { serverAddress } from '@tickfolio/lib/config';

/**
 * Where a service is that runs elsewhere and tells others what happens there. They hear it by Kafka: a run without one
 * would never hear that an account was deleted, say.
 */
export const tellsFromElsewhere = (env: NodeJS.ProcessEnv, words: string) =>
  serverAddress()
    .optional()
    .refine((address) => address === undefined || Boolean(env.BROKERS || env.KAFKA_BROKERS), {
      error: 'needs BROKERS beside it: the Kafka by which that service tells what happens there',
    })
    .describe(words);
