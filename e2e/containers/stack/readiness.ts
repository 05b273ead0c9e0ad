import { z } from '@tickfolio/lib/config';
import { type ReadyName, readyNames, services } from '@tickfolio/services/registry';
import { call } from '../client/person.js';
import type { Stack } from './stack.js';

const shape = z.object({
  status: z.string(),
  dependencies: z.record(z.string(), z.object({ status: z.string(), reason: z.string().optional() })),
});
export type Readiness = z.output<typeof shape>;

/** @throws when the service does not answer */
export const readinessOf = async ({ compose, urls }: Stack, service: ReadyName): Promise<Readiness> => {
  if (service === 'bff' || service === 'aggregator' || service === 'dashboard')
    return shape.parse((await call(`${urls[service]}/ready`)).body);
  // No port of this machine leads there.
  const program = `fetch('http://127.0.0.1:${services[service].operations.port}/ready').then(async (answer) => console.log(await answer.text()))`;
  return shape.parse(JSON.parse(await compose.exec(service, ['node', '-e', program])));
};

/** What is not well, over all services; empty when all is. */
export const faultsNow = async (stack: Stack): Promise<string[]> => {
  const all = await Promise.all(
    readyNames.map(async (service) => {
      try {
        const { dependencies } = await readinessOf(stack, service);
        return Object.entries(dependencies).flatMap(([name, { status }]) =>
          status === 'ok' ? [] : [`${service}: ${name} ${status}`],
        );
      } catch {
        return [`${service} does not answer`];
      }
    }),
  );
  return all.flat();
};
