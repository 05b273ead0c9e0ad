import type { z } from '@tickfolio/lib/config';
import { type ServiceName, serviceNames } from '@tickfolio/services/registry';

export type Env = Readonly<Record<string, string>>;
/** What a service reads from its environment. @param env decides, by its `ENV`, what is good enough as a secret */
export type ServiceConfig = (env: Env) => z.ZodObject;

/** Its options are those of a command line, by names of its own. */
export type ConfiguredName = Exclude<ServiceName, 'exchange-sim'>;

/** Each service's config.ts exports it under the service's name: `authConfig`, `socketConfig`. */
const load = async (name: ConfiguredName): Promise<[ConfiguredName, ServiceConfig]> => {
  const exported = `${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Config`;
  const module = (await import(`@tickfolio/${name}/config`)) as Readonly<
    Record<string, ServiceConfig | z.ZodObject | undefined>
  >;
  const config = module[exported];
  if (config === undefined) throw new Error(`config.ts of ${name} exports no ${exported}`);
  return [name, typeof config === 'function' ? config : () => config];
};

export const configuredNames = serviceNames.filter((name) => name !== 'exchange-sim');
export const serviceConfigs = Object.fromEntries(await Promise.all(configuredNames.map(load))) as Readonly<
  Record<ConfiguredName, ServiceConfig>
>;
