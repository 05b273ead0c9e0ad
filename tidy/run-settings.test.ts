import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName, serviceNames, services } from '@tickfolio/services/registry';
import { standaloneConfig } from '@tickfolio/standalone/config';
import { describe, expect, it } from 'vitest';
import { serviceSettings } from './service-settings.js';
import { root } from './sources.js';

/** Where a service listens, which several call the same: a run has it by a name that begins with the service's. */
const places = ['ADDRESS', 'GRPC_PORT', 'HTTP_PORT', 'SERVER_ADDR'];
const ownNamesOf = (name: ServiceName): string[] =>
  serviceSettings[name].names
    .filter((variable) => places.includes(variable))
    .map((variable) => `${name.toUpperCase().replaceAll('-', '_')}_${variable}`);
/** What no service reads when it runs on its own. */
const ofTheRun = ['CLICKHOUSE_HTTP_ADDR', 'DATA_DIR', 'PRICE_SOURCE', 'AUTH_POSTGRES_DB', 'PROFILE_POSTGRES_DB'];

const ofRun = Object.keys(standaloneConfig({}).shape);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the settings of the all-in-one run', () => {
  it('are those of every service in it, none forgotten, and its own', () => {
    const manifest = JSON.parse(read('standalone/package.json')) as { dependencies: Record<string, string> };
    const inIt = Object.keys(manifest.dependencies)
      .filter((name) => name.startsWith('@tickfolio/') && !['@tickfolio/lib', '@tickfolio/gen'].includes(name))
      .map((name) => name.replace('@tickfolio/', ''));
    expect(inIt.sort()).toEqual([...serviceNames].sort());
    const ofServices = serviceNames.flatMap((name) => [...serviceSettings[name].names, ...ownNamesOf(name)]);
    expect(ofRun.toSorted()).toEqual([...new Set([...ofServices, ...ofTheRun])].sort());
  });

  it('are each used, by the run itself or by what the service makes of its settings', () => {
    const sources = [
      ...readdirSync(join(root, 'standalone'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !/^dist\b|(^|[./])(test|config)\b/.test(name))
        .map((name) => `standalone/${name}`),
      ...serviceNames.map((name) => `${services[name].folder}/config.ts`),
      'lib/postgres/settings.ts',
    ];
    const text = sources.map(read).join('\n');
    const refused = ['GRPC_TLS_CA', 'GRPC_TLS_CERT', 'GRPC_TLS_KEY', 'SYMBOL_SHARES', 'POSTGRES_DB'];
    const unused = ofRun.filter((name) => !new RegExp(`\\bconfig\\.${name}\\b`).test(text));
    // Those that have another name too are read by that one.
    expect(unused.filter((name) => !places.includes(name)).sort()).toEqual(refused.sort());
  });
});
