import { aggregatorConfig } from '@tickfolio/aggregator/config';
import { archiverConfig } from '@tickfolio/archiver/config';
import { authConfig } from '@tickfolio/auth/config';
import { bffConfig } from '@tickfolio/bff/config';
import { dashboardConfig } from '@tickfolio/dashboard/config';
import { variables as exchangeSimVariables } from '@tickfolio/exchange-sim/config';
import { readConfig } from '@tickfolio/lib/config';
import type { ServiceName } from '@tickfolio/services/registry';
import { socketConfig } from '@tickfolio/socket/config';

export type Env = Readonly<Record<string, string>>;

/** The settings each service knows, and how it reads them. `read` throws ConfigError. */
export const serviceSettings: Readonly<
  Record<ServiceName, { readonly names: readonly string[]; readonly read: (env: Env) => Readonly<Record<string, unknown>> }>
> = {
  bff: { names: Object.keys(bffConfig({}).shape), read: (env) => readConfig('bff', bffConfig(env), env) },
  auth: { names: Object.keys(authConfig({}).shape), read: (env) => readConfig('auth', authConfig(env), env) },
  socket: { names: Object.keys(socketConfig.shape), read: (env) => readConfig('socket', socketConfig, env) },
  aggregator: { names: Object.keys(aggregatorConfig.shape), read: (env) => readConfig('aggregator', aggregatorConfig, env) },
  archiver: { names: Object.keys(archiverConfig().shape), read: (env) => readConfig('archiver', archiverConfig(env), env) },
  dashboard: { names: Object.keys(dashboardConfig().shape), read: (env) => readConfig('dashboard', dashboardConfig(env), env) },
  'exchange-sim': { names: Object.keys(exchangeSimVariables), read: (env) => env },
};
