import { variables as exchangeSimVariables } from '@tickfolio/exchange-sim/config';
import { readConfig } from '@tickfolio/lib/config';
import { type ServiceName, serviceNames } from '@tickfolio/services/registry';
import { type Env, serviceConfigs } from './service-configs.js';

export type { Env } from './service-configs.js';

interface ServiceSettings {
  readonly names: readonly string[];
  /** @throws ConfigError */
  readonly read: (env: Env) => Readonly<Record<string, unknown>>;
}

const settingsOf = (name: ServiceName): ServiceSettings => {
  if (name === 'exchange-sim') return { names: Object.keys(exchangeSimVariables), read: (env) => env };
  const config = serviceConfigs[name];
  return { names: Object.keys(config({}).shape), read: (env) => readConfig(name, config(env), env) };
};

/** The settings each service knows, and how it reads them. */
export const serviceSettings = Object.fromEntries(serviceNames.map((name) => [name, settingsOf(name)])) as Readonly<
  Record<ServiceName, ServiceSettings>
>;
