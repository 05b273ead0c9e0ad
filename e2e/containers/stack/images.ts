import type { Compose, ComposeService } from '../docker/compose.js';
import { demand, type Stack } from './stack.js';

/** Engines of embedded stores; half a gigabyte that only the all-in-one run needs. */
const embedded = ['chdb', '@chdb', '@electric-sql'];

/** The images with their sizes, largest services last as compose.yaml lists them. */
export const imageSizes = async (
  compose: Compose,
  services: readonly ComposeService[],
): Promise<ReadonlyMap<string, number>> =>
  new Map(await Promise.all(services.map(async ({ name, image }) => [name, await compose.imageBytes(image)] as const)));

/** Looks into a running container of ours: what is in it, as whom it runs, what it may. @throws what does not hold */
export const demandHardened = async ({ compose }: Stack, service: string): Promise<void> => {
  const inside = async (script: string) => (await compose.exec(service, ['sh', '-c', script])).trim();
  const names = embedded.map((name) => `-path '*/node_modules/${name}'`).join(' -o ');
  const found = await inside(`find / -xdev -type d \\( ${names} \\) 2>/dev/null || true`);
  demand(found === '', `the image of ${service} holds ${found}`);
  demand((await inside('id -u')) !== '0', `${service} runs as root`);
  demand(
    (await inside('touch /app/probe 2>/dev/null && echo written || true')) === '',
    `${service} can write to its own program`,
  );
  demand(
    (await inside('touch /tmp/probe && rm /tmp/probe && echo written')) === 'written',
    `${service} cannot write to /tmp`,
  );
  const bounding = await inside("sed -n 's/^CapBnd:[[:space:]]*//p; s/^NoNewPrivs:[[:space:]]*//p' /proc/1/status");
  demand(
    /^0+\s+1$/.test(bounding),
    `${service} keeps capabilities or may gain privileges: ${bounding.replace(/\s+/, ' ')}`,
  );
  const first = await inside("tr '\\0' ' ' </proc/1/cmdline");
  demand(first.startsWith('node '), `the first process of ${service} is not Node but ${first}`);
};
