import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPasswords, publishedSecrets } from '@tickfolio/lib/config';
import { readyNames, services as registry, type ServiceName, serviceNames } from '@tickfolio/services/registry';
import { memoryBounds, serverNames, servers, tools } from '@tickfolio/services/servers';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isolatedCompose } from './isolated-compose.js';
import { serviceSettings } from './service-settings.js';
import { projectFiles, root } from './sources.js';

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly args: { readonly SERVICE: string }; readonly target?: string };
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

interface Joined {
  readonly 'crypto-network'?: { readonly aliases?: readonly string[] };
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const text = read('compose.yaml');
const compose = parse(text, { merge: true, maxAliasCount: -1 }) as {
  readonly services: Record<string, ComposeService>;
  readonly networks: object;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const others = services.filter(([, { build }]) => build === undefined);
const toolNames: readonly string[] = Object.keys(tools);
/** What the registry says of each. */
const known: Readonly<
  Record<
    string,
    {
      readonly published: readonly number[];
      readonly memoryMb: number;
      readonly core?: boolean;
      readonly profile?: string;
    }
  >
> = {
  ...registry,
  ...servers,
  ...tools,
};
const names = (list: readonly (readonly [string, ComposeService])[]) => list.map(([name]) => name);

/** The compose file that has a server for each database; its `!override` is compose's own. */
const isolatedOf = (written: string) =>
  parse(written, { logLevel: 'error' }) as {
    readonly services: Record<string, ComposeService & { readonly scale?: number }>;
  };
const isolated = isolatedOf(read('deploy/isolated.compose.yaml'));

/** Who has a database of postgres-core, which each of them knows by a name of its own. */
const tenants = serviceNames.filter((name) => registry[name].database !== undefined);
/** The name of a part, which others may know by another. */
const partOf = (host: string): string =>
  serviceNames.find((name) => registry[name].aliases.includes(host)) ??
  (tenants.some((name) => host === `postgres-${name}`) ? 'postgres-core' : host);

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
    const { $schema: _, ...schema } = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json')) as {
      readonly $schema: string;
    };
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(compose);
    expect(validate.errors).toBeNull();
    validate(isolated);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { x: { imagee: 'y' } } })).toBe(false);
  });
  it('has every service and server', () => {
    expect(names(ours).sort()).toEqual([...serviceNames].sort());
    expect(names(others).sort()).toEqual([...serverNames, ...toolNames].sort());
    expect(
      ours.filter(([name, { profiles = [] }]) => profiles.join() !== (registry[name as ServiceName].profile ?? '')),
    ).toEqual([]);
    const profileOf = (name: string) => (toolNames.includes(name) ? 'tools' : (known[name]?.profile ?? ''));
    expect(others.filter(([name, { profiles = [] }]) => profiles.join() !== profileOf(name))).toEqual([]);
    // What is not of the first system is left out by `make up PARTS=core`.
    for (const [name, { core, profile }] of Object.entries({ ...registry, ...servers } as typeof known))
      expect([name, core]).toEqual([name, profile !== 'whole']);
    expect(ours.filter(([name, { build }]) => build?.args.SERVICE !== name || build.target !== undefined)).toEqual([]);
    expect(ours.filter(([name, { image }]) => !image.startsWith(`tickfolio/${name}:`))).toEqual([]);
  });
  it('pins every image', () => {
    const loose = services.filter(([, { image }]) => !/:[\w.-]*\d[\w.-]*$/.test(image) || image.includes('latest'));
    expect(names(loose)).toEqual([]);
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1]);
    expect(bases).toEqual(['node:24-bookworm-slim']);
  });
  it('checks the health of everything, and bounds its memory as the registry says, and its logs', () => {
    const lacking = services.filter(
      ([, { healthcheck, mem_limit, logging }]) => !healthcheck?.test || !mem_limit || !logging,
    );
    expect(names(lacking)).toEqual([]);
    expect(services.map(([name, { mem_limit }]) => [name, mem_limit])).toEqual(
      names(services).map((name) => [name, `${known[name]?.memoryMb}m`]),
    );
  });
  it('takes 6 GB in all without the tools, and the first system 4 GB with them', () => {
    const sum = (list: readonly { readonly memoryMb: number }[]) =>
      list.reduce((total, { memoryMb }) => total + memoryMb, 0);
    const parts = [...Object.values(registry), ...Object.values(servers)];
    expect(sum(parts)).toBeLessThanOrEqual(memoryBounds.wholeMb);
    expect(sum([...parts.filter(({ core }) => core), ...Object.values(tools)])).toBeLessThanOrEqual(
      memoryBounds.coreMb,
    );
  });
  it('publishes the documented ports only, and on loopback only', () => {
    for (const [name, { ports = [] }] of services) {
      const numbers = ports.map((port) => /^127\.0\.0\.1:\$\{\w+:-(\d+)\}:\d+$/.exec(port)?.[1] ?? port);
      expect([name, numbers]).toEqual([name, known[name]?.published.map(String)]);
    }
  });
  it('knows each service by its documented names too', () => {
    const aliases = ours.map(([name, { networks }]) => {
      const joined = networks as Joined | undefined;
      return [name, joined?.['crypto-network']?.aliases ?? []];
    });
    expect(aliases).toEqual(names(ours).map((name) => [name, registry[name as ServiceName].aliases]));
  });
  it('asks each service at its own port whether it is well, and by its gRPC name where it serves nothing else', () => {
    const asked = ours.map(([name, { healthcheck }]) => [name, healthcheck?.test.at(-1)]);
    const expected = names(ours).map((name) => {
      const { grpc, http, operations } = registry[name as ServiceName];
      return [
        name,
        grpc && !http
          ? `grpc://127.0.0.1:${grpc.port}/${grpc.services[0]}`
          : `http://127.0.0.1:${operations.port}${operations.ready}`,
      ];
    });
    expect(asked).toEqual(expected);
  });
  it('leads each service to what the registry lets it need and call, and to nothing else', () => {
    const found = ours.map(([name, { environment = {} }]) => {
      // Addresses are given by name and port, but for the database, whose port is a setting of its own.
      const hosts = Object.values(environment).flatMap((value) => /^([a-z][a-z-]+):\d+$/.exec(value)?.[1] ?? []);
      return [
        name,
        [...new Set([...hosts, ...(environment.POSTGRES_HOST ? [environment.POSTGRES_HOST] : [])].map(partOf))].sort(),
      ];
    });
    const expected = names(ours).map((name) => {
      const { needs, calls } = registry[name as ServiceName];
      return [name, [...needs.filter((need) => need !== 'exchange'), ...calls.map(({ to }) => to)].sort()];
    });
    expect(found).toEqual(expected);
    const databases = ours.flatMap(([, { environment = {} }]) =>
      environment.POSTGRES_HOST ? [[environment.POSTGRES_HOST, environment.POSTGRES_DB]] : [],
    );
    const owned = serverNames.flatMap((name) =>
      servers[name].kind === 'postgres' ? [[name, servers[name].database]] : [],
    );
    const rented = tenants.map((name) => [`postgres-${name}`, registry[name].database]);
    expect(databases.sort()).toEqual([...owned, ...rented].sort());
  });
  it('has each database of postgres-core reached by the name of its service, and in the isolated form by a server of that name', () => {
    const owners = tenants.map((name) => `postgres-${name}`);
    const joined = compose.services['postgres-core']?.networks;
    const aliases = Array.isArray(joined) ? [] : ((joined as Joined | undefined)?.['crypto-network']?.aliases ?? []);
    expect(aliases).toEqual(owners);
    expect(compose.services['postgres-core']?.environment?.DATABASES).toBe(
      tenants.map((name) => registry[name].database).join(' '),
    );
    expect(isolated.services['postgres-core']).toEqual({ scale: 0 });
    expect(Object.keys(isolated.services).filter((name) => name !== 'postgres-core')).toEqual(
      tenants.flatMap((name) => [name, `postgres-${name}`]),
    );
  });
  it('has in the isolated form servers that share neither data nor a port, whatever their services are called', () => {
    const written = isolatedCompose([
      ['orders', { database: 'order_service', isolatedPort: 5436 }],
      ['alt-data', { database: 'alt_data_service', isolatedPort: 5444 }],
    ]);
    expect(isolatedOf(written)).toEqual({
      services: {
        'postgres-core': { scale: 0 },
        orders: { depends_on: { 'postgres-orders': { condition: 'service_healthy' } } },
        'postgres-orders': expect.objectContaining({
          extends: { file: '../compose.yaml', service: 'postgres-core' },
          ports: [`127.0.0.1:\${POSTGRES_ORDERS_PORT:-5436}:5432`],
          environment: { DATABASES: 'order_service' },
          volumes: ['postgres-orders:/var/lib/postgresql/data'],
        }),
        'alt-data': { depends_on: { 'postgres-alt-data': { condition: 'service_healthy' } } },
        'postgres-alt-data': expect.objectContaining({
          ports: [`127.0.0.1:\${POSTGRES_ALT_DATA_PORT:-5444}:5432`],
          environment: { DATABASES: 'alt_data_service' },
          volumes: ['postgres-alt-data:/var/lib/postgresql/data'],
        }),
      },
      volumes: { 'postgres-orders': null, 'postgres-alt-data': null },
    });
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
    expect(
      names(ours.filter(([, { read_only, cap_drop }]) => read_only !== true || cap_drop?.join() !== 'ALL')),
    ).toEqual([]);
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
  });
  it('sets only variables that the service reads', () => {
    // Read by the first lines of main.ts, before the service's own settings.
    const everywhere = /^(GRPC_TLS_|OTEL_|TRACE_HOT_PATH_RATIO$)/;
    const unknown = ours.flatMap(([name, { environment = {} }]) =>
      Object.keys(environment).filter(
        (variable) => !serviceSettings[name as ServiceName].names.includes(variable) && !everywhere.test(variable),
      ),
    );
    expect(unknown).toEqual([]);
  });
  it('gives every service that can be asked whether it is ready its settings for traces', () => {
    const traced = ours.filter(
      ([, { environment = {} }]) =>
        'OTEL_EXPORTER_OTLP_ENDPOINT' in environment && 'TRACE_HOT_PATH_RATIO' in environment,
    );
    expect(names(traced).sort()).toEqual([...readyNames].sort());
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
    // Optional peers, which npm installs for nobody who does not ask for them; the Dockerfile takes even these lines
    // out.
    expect(engines.filter((name) => lib.peerDependencies?.[name] === undefined)).toEqual([]);
    for (const [name] of ours) {
      const manifest = JSON.parse(read(`${registry[name as ServiceName].folder}/package.json`)) as Record<
        string,
        Record<string, string>
      >;
      expect(engines.filter((engine) => manifest.dependencies?.[engine] !== undefined)).toEqual([]);
    }
    expect(read('Dockerfile')).toMatch(
      /npm pkg delete devDependencies peerDependencies peerDependenciesMeta --workspaces/,
    );
  });
});
