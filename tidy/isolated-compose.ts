import { type ServiceName, serviceNames, services } from '@tickfolio/services/registry';

/** What of a service decides its server. */
export interface Tenant {
  readonly database: string;
  readonly isolatedPort: number;
}

/** Who has a database of postgres-core. */
const tenants = (): readonly (readonly [ServiceName, Tenant])[] =>
  serviceNames.flatMap((name) => {
    const { database, isolatedPort } = services[name];
    if (database === undefined) return [];
    if (isolatedPort === undefined) throw new Error(`services/services.ts: ${name} has a database and no isolatedPort`);
    return [[name, { database, isolatedPort }]];
  });

const head = `# Written by \`make docs\` from services/services.ts: each database of postgres-core in a server of its own, which is
# reached by the same name. Each is postgres-core but for what stands here.
#   docker compose -f compose.yaml -f deploy/isolated.compose.yaml --profile whole up -d --build --wait
services:
  postgres-core: { scale: 0 }
`;

const serverOf = (name: string, { database, isolatedPort }: Tenant): string => {
  const server = `postgres-${name}`;
  return `  ${name}: { depends_on: { ${server}: { condition: service_healthy } } }
  ${server}:
    extends: { file: ../compose.yaml, service: postgres-core }
    networks: !override [crypto-network]
    ports: !override ["127.0.0.1:\${${server.toUpperCase().replaceAll('-', '_')}_PORT:-${isolatedPort}}:5432"]
    environment: { DATABASES: ${database} }
    volumes: ["${server}:/var/lib/postgresql/data"]
    mem_limit: 144m
`;
};

/** The compose file beside compose.yaml that gives each of these databases a server. */
export const isolatedCompose = (of: readonly (readonly [string, Tenant])[] = tenants()): string =>
  `${head}${of.map(([name, tenant]) => serverOf(name, tenant)).join('')}${
    of.length > 0 ? `volumes:\n${of.map(([name]) => `  postgres-${name}:\n`).join('')}` : ''
  }`;
