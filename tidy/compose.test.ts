import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aggregatorConfig } from '@tickfolio/aggregator/config';
import { archiverConfig } from '@tickfolio/archiver/config';
import { authConfig } from '@tickfolio/auth/config';
import { bffConfig } from '@tickfolio/bff/config';
import { dashboardConfig } from '@tickfolio/dashboard/config';
import { variables as exchangeSimVariables } from '@tickfolio/exchange-sim/config';
import { publishedPasswords, publishedSecrets } from '@tickfolio/lib/config';
import { socketConfig } from '@tickfolio/socket/config';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFiles, root } from './sources.js';

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly mem_limit?: string;
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly logging?: object;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly profiles?: readonly string[];
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const text = read('compose.yaml');
const compose = parse(text, { merge: true }) as { readonly services: Record<string, ComposeService>; readonly networks: object };
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const names = (list: readonly (readonly [string, ComposeService])[]) => list.map(([name]) => name);

/** The settings of .env.example by name. */
const example = new Map(
  read('.env.example')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

describe('compose.yaml', () => {
  it('follows the Compose Specification', () => {
    // The schema names draft-07 by its https address, which Ajv knows by its http one.
    const { $schema: _, ...schema } = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json')) as { readonly $schema: string };
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { x: { imagee: 'y' } } })).toBe(false);
  });
  it('has every service and server', () => {
    const needed = ['bff', 'socket', 'aggregator', 'auth', 'archiver', 'dashboard', 'exchange-sim'];
    expect(names(ours).sort()).toEqual(needed.sort());
    expect(names(services)).toEqual(expect.arrayContaining(['postgres-auth', 'postgres-profile', 'redis', 'kafka', 'clickhouse']));
    const stages = new Set([...read('Dockerfile').matchAll(/^FROM \S+ AS (\S+)$/gm)].map((match) => match[1]));
    expect(ours.filter(([name, { build }]) => build?.target !== name || !stages.has(name))).toEqual([]);
  });
  it('pins every image', () => {
    const loose = services.filter(([, { image }]) => !/:[\w.-]*\d[\w.-]*$/.test(image) || image.includes('latest'));
    expect(names(loose)).toEqual([]);
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1]);
    expect(bases).toEqual(['node:24-bookworm-slim']);
  });
  it('checks the health of everything, and bounds its memory (4 GB in all) and its logs', () => {
    const lacking = services.filter(([, { healthcheck, mem_limit, logging }]) => !healthcheck?.test || !mem_limit || !logging);
    expect(names(lacking)).toEqual([]);
    const megabytes = services.map(([, { mem_limit = '' }]) => Number(/^(\d+)m$/.exec(mem_limit)?.[1]));
    expect(megabytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(4_096);
  });
  it('publishes the documented ports only, and on loopback only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    const numbers = published.map((port) => /^127\.0\.0\.1:\$\{\w+:-(\d+)\}:\d+$/.exec(port)?.[1] ?? port);
    const documented = [8080, 50051, 50052, 8088, 8083, 9443, 5432, 5434, 6379, 9092, 8123, 9000, 8081, 8082, 8084];
    expect(numbers.sort()).toEqual(documented.map(String).sort());
  });
  it('joins everything by one network', () => {
    expect(Object.keys(compose.networks)).toEqual(['crypto-network']);
    const elsewhere = services.filter(([, { networks = [] }]) => {
      const joined = Array.isArray(networks) ? networks : Object.keys(networks);
      return joined.join() !== 'crypto-network';
    });
    expect(names(elsewhere)).toEqual([]);
  });
  it('gives our services nothing to write on and no privileges', () => {
    expect(names(ours.filter(([, { read_only, cap_drop }]) => read_only !== true || cap_drop?.join() !== 'ALL'))).toEqual([]);
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
  });
  it('sets only variables that the service reads', () => {
    const known: Record<string, readonly string[]> = {
      bff: Object.keys(bffConfig({}).shape),
      auth: Object.keys(authConfig({}).shape),
      socket: Object.keys(socketConfig.shape),
      aggregator: Object.keys(aggregatorConfig.shape),
      archiver: Object.keys(archiverConfig().shape),
      dashboard: Object.keys(dashboardConfig().shape),
      'exchange-sim': Object.keys(exchangeSimVariables),
    };
    // Read by the first lines of main.ts, before the service's own settings.
    const everywhere = /^(GRPC_TLS_|OTEL_)/;
    const unknown = ours.flatMap(([name, { environment = {} }]) =>
      Object.keys(environment).filter((variable) => !known[name]?.includes(variable) && !everywhere.test(variable)),
    );
    expect(unknown).toEqual([]);
  });
  it('takes nothing from outside that .env.example does not explain', () => {
    const used = new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map((match) => match[1] ?? ''));
    expect([...used].filter((name) => !example.has(name))).toEqual([]);
    expect([...example.keys()].filter((name) => !used.has(name))).toEqual([]);
  });
  it('has no secret that works outside ENV=local', () => {
    for (const name of ['JWT_SECRET', 'POSTGRES_PASSWORD', 'CLICKHOUSE_PASSWORD']) {
      expect([...publishedSecrets, ...publishedPasswords]).toContain(example.get(name));
      expect(text).not.toMatch(new RegExp(`\\$\\{${name}:-`));
    }
    expect(projectFiles()).not.toContain('.env');
  });
});

describe('the images', () => {
  it('are made without the engines of embedded stores', () => {
    const lib = JSON.parse(read('lib/package.json')) as Record<string, Record<string, string>>;
    const engines = ['@electric-sql/pglite', 'chdb'];
    expect(engines.filter((name) => lib.dependencies?.[name] !== undefined)).toEqual([]);
    // Optional peers, which npm installs for nobody who does not ask for them; the Dockerfile takes even these lines out.
    expect(engines.filter((name) => lib.peerDependencies?.[name] === undefined)).toEqual([]);
    for (const [name] of ours) {
      const folder = name === 'bff' ? name : `services/${name}`;
      const manifest = JSON.parse(read(`${folder}/package.json`)) as Record<string, Record<string, string>>;
      expect(engines.filter((engine) => manifest.dependencies?.[engine] !== undefined)).toEqual([]);
    }
    expect(read('Dockerfile')).toMatch(/npm pkg delete devDependencies peerDependencies peerDependenciesMeta -w lib/);
  });
});
