/** Servers of others that our services keep their data in, or send it through. */

interface Server {
  /**
   * A postgres holds one database, which belongs to one service; a postgres-core those of several, each with a role of
   * its own.
   */
  readonly kind: 'postgres' | 'postgres-core' | 'redis' | 'kafka' | 'clickhouse';
  /** Inside the network, for our services. */
  readonly port: number;
  /** What compose opens on this machine by default. */
  readonly published: readonly number[];
  /** compose's bound, MB. */
  readonly memoryMb: number;
  /** Of the first system: live path, archive, page. */
  readonly core: boolean;
  /** Runs only where compose's profile is chosen. */
  readonly profile?: 'whole';
}

export const servers = {
  'postgres-auth': { kind: 'postgres', database: 'auth_db', port: 5432, published: [5432], memoryMb: 144, core: true },
  'postgres-profile': {
    kind: 'postgres',
    database: 'profile_db',
    port: 5432,
    published: [5434],
    memoryMb: 144,
    core: true,
  },
  'postgres-core': {
    kind: 'postgres-core',
    port: 5432,
    published: [5435],
    memoryMb: 288,
    core: false,
    profile: 'whole',
  },
  redis: { kind: 'redis', port: 6379, published: [6379], memoryMb: 304, core: true },
  kafka: { kind: 'kafka', port: 9092, published: [9092], memoryMb: 640, core: true },
  clickhouse: { kind: 'clickhouse', port: 8123, published: [8123, 9000], memoryMb: 864, core: true },
} as const satisfies Readonly<
  Record<
    string,
    | (Server & { readonly kind: 'postgres'; readonly database: string })
    | (Server & { readonly kind: Exclude<Server['kind'], 'postgres'> })
  >
>;
export type ServerName = keyof typeof servers;
export const serverNames = Object.keys(servers) as readonly ServerName[];

/** The exchange is nobody's server: REST at 443, WebSocket at 9443. */
export const exchangePorts = [443, 9443] as const;

/** Pages over the servers, in compose's profile `tools`. */
export const tools = {
  'kafka-ui': { published: [8084], memoryMb: 416 },
  'ch-ui': { published: [8082], memoryMb: 80 },
  'redis-commander': { published: [8081], memoryMb: 96 },
} as const;

/** What compose may take, MB: everything without the tools, and the first system alone. */
export const memoryBounds = { wholeMb: 6 * 1_024, coreMb: 4 * 1_024 } as const;
