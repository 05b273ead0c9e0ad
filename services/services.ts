import type { ServerName } from './servers.js';

/**
 * Every service, said once. The tests hold compose, Kubernetes, Prometheus, alerts, certificates, images, settings and
 * documents against it, and a trace of the running services against `calls`; the gateway finds its neighbours by it. In
 * order: whoever is called stands before who calls.
 */
interface Entry {
  /** Its workspace, which is called after it. */
  readonly folder: string;
  /** What it is, in one line. */
  readonly words: string;
  readonly grpc?: { readonly port: number; readonly services: readonly string[] };
  /** `clients` may come from anywhere, `services` are the callers below. */
  readonly http?: { readonly port: number; readonly for: 'clients' | 'services' };
  /** Where it serves `/metrics`, and by which path it says that it can do its work. */
  readonly operations: { readonly port: number; readonly ready: '/ready' | '/api/v3/ping' };
  /** What compose opens on this machine by default. */
  readonly published: readonly number[];
  /** More names in compose's network. */
  readonly aliases: readonly string[];
  /** compose's bound, MB. */
  readonly memoryMb: number;
  /** What it keeps its data in, sends it through or takes it from. */
  readonly needs: readonly (ServerName | 'exchange')[];
  /** Of postgres-core, for who needs that; the role is called the same. */
  readonly database?: string;
  /** This machine's port of its server, where each database has one of its own. */
  readonly isolatedPort?: number;
  readonly calls: readonly { readonly to: string; readonly over: 'grpc' | 'http' }[];
  /** Who gets its messages, over a server that both need. */
  readonly sends: readonly { readonly to: string; readonly over: 'redis' | 'kafka' }[];
  /** Whether something of a user lies there, which goes with the account. */
  readonly holdsUsers: boolean;
  /** Of the first system: live path, archive, page. */
  readonly core: boolean;
  /** Runs only where compose's profile is chosen. */
  readonly profile?: 'sim' | 'whole';
}

const entries = {
  'exchange-sim': {
    folder: 'services/exchange-sim',
    words: "an exchange that speaks Binance's protocol, for tests and for days without the exchange",
    http: { port: 9443, for: 'services' },
    operations: { port: 9443, ready: '/api/v3/ping' },
    published: [9443],
    aliases: [],
    memoryMb: 160,
    needs: [],
    calls: [],
    sends: [],
    holdsUsers: false,
    core: true,
    profile: 'sim',
  },
  socket: {
    folder: 'services/socket',
    words: 'the only one that talks to the exchange: streams and history in, gRPC out',
    grpc: { port: 50052, services: ['market.v1.SocketService'] },
    operations: { port: 9464, ready: '/ready' },
    published: [50052],
    aliases: ['socket-service'],
    memoryMb: 160,
    needs: ['exchange'],
    calls: [],
    sends: [],
    holdsUsers: false,
    core: true,
  },
  aggregator: {
    folder: 'services/aggregator',
    words: 'trades in, an exact second and a price per symbol out, on Redis; mini-tickers to Kafka',
    grpc: { port: 50064, services: ['market.v1.TapeService'] },
    http: { port: 8088, for: 'services' },
    operations: { port: 8088, ready: '/ready' },
    published: [8088],
    aliases: ['aggregator-service'],
    memoryMb: 224,
    needs: ['redis', 'kafka'],
    calls: [{ to: 'socket', over: 'grpc' }],
    sends: [
      { to: 'bff', over: 'redis' },
      { to: 'archiver', over: 'kafka' },
    ],
    holdsUsers: false,
    core: true,
  },
  auth: {
    folder: 'services/auth',
    words: 'accounts, passwords, sessions, tokens',
    grpc: { port: 50051, services: ['auth.v1.AuthService', 'auth.v1.AccountService', 'auth.v1.EventService'] },
    operations: { port: 9465, ready: '/ready' },
    published: [50051],
    aliases: ['authorization-service'],
    memoryMb: 192,
    needs: ['postgres-auth', 'kafka'],
    calls: [],
    sends: [
      { to: 'portfolio', over: 'kafka' },
      { to: 'orders', over: 'kafka' },
      { to: 'bff', over: 'kafka' },
    ],
    holdsUsers: true,
    core: true,
  },
  portfolio: {
    folder: 'services/portfolio',
    words: 'portfolios: what they are called, and what becomes of them',
    grpc: {
      port: 50053,
      services: [
        'portfolio.v1.PortfolioService',
        'portfolio.v1.HoldingService',
        'portfolio.v1.ReservationService',
        'portfolio.v1.WatchlistService',
        'portfolio.v1.ShareService',
        'portfolio.v1.EventService',
      ],
    },
    operations: { port: 9467, ready: '/ready' },
    published: [],
    aliases: ['portfolio-service'],
    memoryMb: 192,
    needs: ['postgres-core', 'kafka'],
    database: 'portfolio_service',
    isolatedPort: 5435,
    calls: [
      { to: 'auth', over: 'grpc' },
      { to: 'socket', over: 'grpc' },
    ],
    sends: [{ to: 'auth', over: 'kafka' }],
    holdsUsers: true,
    core: false,
    profile: 'whole',
  },
  orders: {
    folder: 'services/orders',
    words: 'orders at paper money: what is wanted, how far it came, and the public trades that did it',
    grpc: { port: 50054, services: ['orders.v1.OrderService', 'orders.v1.EventService'] },
    operations: { port: 9468, ready: '/ready' },
    published: [],
    aliases: ['order-service'],
    memoryMb: 192,
    needs: ['postgres-core', 'kafka'],
    database: 'order_service',
    isolatedPort: 5436,
    calls: [
      { to: 'auth', over: 'grpc' },
      { to: 'socket', over: 'grpc' },
      { to: 'portfolio', over: 'grpc' },
      { to: 'aggregator', over: 'grpc' },
    ],
    sends: [
      { to: 'auth', over: 'kafka' },
      { to: 'bff', over: 'kafka' },
    ],
    holdsUsers: true,
    core: false,
    profile: 'whole',
  },
  bff: {
    folder: 'bff',
    words: 'portfolios, live values, REST and WebSocket for clients',
    http: { port: 8080, for: 'clients' },
    operations: { port: 8080, ready: '/ready' },
    published: [8080],
    aliases: ['profile-service'],
    memoryMb: 288,
    needs: ['postgres-profile', 'redis', 'kafka', 'clickhouse'],
    calls: [
      { to: 'auth', over: 'grpc' },
      { to: 'portfolio', over: 'grpc' },
      { to: 'orders', over: 'grpc' },
      { to: 'aggregator', over: 'http' },
      { to: 'socket', over: 'grpc' },
    ],
    sends: [
      { to: 'bff', over: 'redis' },
      { to: 'auth', over: 'kafka' },
    ],
    holdsUsers: true,
    core: true,
  },
  archiver: {
    folder: 'services/archiver',
    words: 'mini-tickers from Kafka into ClickHouse, each exactly once, and the audit that proves it',
    operations: { port: 9466, ready: '/ready' },
    published: [],
    aliases: ['kafka-clickhouse'],
    memoryMb: 224,
    needs: ['kafka', 'clickhouse'],
    calls: [],
    sends: [],
    holdsUsers: false,
    core: true,
  },
  dashboard: {
    folder: 'services/dashboard',
    words: 'pages over the archive',
    http: { port: 8083, for: 'clients' },
    operations: { port: 8083, ready: '/ready' },
    published: [8083],
    aliases: ['clickhouse-dashboard'],
    memoryMb: 160,
    needs: ['clickhouse'],
    calls: [],
    sends: [],
    holdsUsers: false,
    core: true,
  },
} as const satisfies Readonly<Record<string, Entry>>;

type Entries = typeof entries;
export type ServiceName = keyof Entries;
type NamesOf<Face> = { [Name in ServiceName]: Entries[Name] extends Face ? Name : never }[ServiceName];
type Needing<Server> = {
  [Name in ServiceName]: Server extends Entries[Name]['needs'][number] ? Name : never;
}[ServiceName];

/** Of one service by another, over a face that it has. */
export type Call =
  | { readonly to: NamesOf<{ grpc: object }>; readonly over: 'grpc' }
  | { readonly to: NamesOf<{ http: object }>; readonly over: 'http' };
export type Message =
  | { readonly to: Needing<'redis'>; readonly over: 'redis' }
  | { readonly to: Needing<'kafka'>; readonly over: 'kafka' };
export interface Service extends Entry {
  readonly folder: 'bff' | `services/${ServiceName}`;
  readonly calls: readonly Call[];
  readonly sends: readonly Message[];
}
/** Those that say by name, at `/ready`, what they lack. */
export type ReadyName = NamesOf<{ operations: { ready: '/ready' } }>;

export const services: {
  readonly [Name in ServiceName]: Service & { readonly folder: Name extends 'bff' ? Name : `services/${Name}` };
} = entries;
export const serviceNames = Object.keys(entries) as readonly ServiceName[];
export const readyNames = serviceNames.filter(
  (name): name is ReadyName => services[name].operations.ready === '/ready',
);
/** The first system: the processes that whole plays are made of. A later service has plays of its own. */
export type CoreName = NamesOf<{ core: true }>;
export const coreNames = serviceNames.filter((name): name is CoreName => services[name].core);
/** What an installation consists of. */
export type Parts = 'core' | 'whole';
/** Whether a service is one of it. */
export const isPart = (name: ServiceName, parts: Parts): boolean => parts === 'whole' || services[name].core;
/** Callers before whom they call, as they are ended. */
export const callersFirst: readonly ServiceName[] = serviceNames.toReversed();
/**
 * For a run beside others: a free port for each gRPC that came later; those of the first system serve nothing else
 * besides.
 */
export const laterPorts: Readonly<Record<string, string>> = Object.fromEntries(
  serviceNames
    .filter((name) => services[name].grpc && (services[name].http || !services[name].core))
    .map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_GRPC_PORT`, '0']),
);
/** Whom a service calls by gRPC. */
export type GrpcCallee<Name extends ServiceName> = Extract<Entries[Name]['calls'][number], { over: 'grpc' }>['to'];
export const grpcCallees = <Name extends ServiceName>(name: Name): readonly GrpcCallee<Name>[] =>
  services[name].calls.filter(({ over }) => over === 'grpc').map(({ to }) => to as GrpcCallee<Name>);
/** Has a certificate for gRPC where it is encrypted: serves it, or calls by it. */
export const speaksGrpc = (name: ServiceName): boolean =>
  services[name].grpc !== undefined || services[name].calls.some(({ over }) => over === 'grpc');
