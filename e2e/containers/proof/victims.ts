import type { ReadyName, ServiceName } from '@tickfolio/services/registry';
import type { ServerName } from '@tickfolio/services/servers';
import { type Promised, promises } from './promises.js';

export interface Victim {
  readonly name: ServiceName | ServerName;
  /** What must hold while it is dead. */
  readonly keeps: readonly Promised[];
  /** Who must name it in /ready, and by which name. */
  readonly named: readonly { readonly by: ReadyName; readonly as: string }[];
}

const { prices, sockets, newSocket, profile, coins, coinsRefused } = promises;
const { login, loginRefused, profileRefused, archive, dashboard } = promises;

/** Every part, in the order in which it is killed. */
const promised: Readonly<Record<Victim['name'], Omit<Victim, 'name'>>> = {
  'exchange-sim': {
    keeps: [sockets, newSocket, profile, coins, login, dashboard],
    named: [{ by: 'socket', as: 'exchange-streams' }],
  },
  socket: {
    keeps: [sockets, newSocket, profile, coins, login, dashboard],
    named: [
      { by: 'aggregator', as: 'socket' },
      { by: 'portfolio', as: 'socket' },
      { by: 'orders', as: 'socket' },
    ],
  },
  aggregator: {
    keeps: [sockets, newSocket, profile, coins, login, dashboard],
    named: [{ by: 'bff', as: 'aggregator' }],
  },
  auth: {
    keeps: [prices, sockets, newSocket, profile, coins, loginRefused, archive, dashboard],
    named: [{ by: 'bff', as: 'authorization' }],
  },
  portfolio: {
    keeps: [prices, sockets, newSocket, profile, coinsRefused, login, archive, dashboard],
    named: [
      { by: 'bff', as: 'portfolio' },
      { by: 'orders', as: 'portfolio' },
    ],
  },
  orders: { keeps: [prices, sockets, newSocket, profile, coins, login, archive, dashboard], named: [] },
  bff: { keeps: [archive, dashboard], named: [] },
  archiver: { keeps: [prices, sockets, newSocket, profile, coins, login, dashboard], named: [] },
  dashboard: { keeps: [prices, sockets, newSocket, profile, coins, login, archive], named: [] },
  'postgres-auth': {
    keeps: [prices, sockets, newSocket, profile, coins, loginRefused, archive, dashboard],
    named: [{ by: 'auth', as: 'auth-database' }],
  },
  'postgres-profile': {
    keeps: [prices, sockets, profileRefused, archive, dashboard],
    named: [{ by: 'bff', as: 'profile-database' }],
  },
  'postgres-core': {
    keeps: [prices, sockets, newSocket, profile, coinsRefused, login, archive, dashboard],
    named: [
      { by: 'portfolio', as: 'portfolio-database' },
      { by: 'orders', as: 'orders-database' },
    ],
  },
  redis: {
    keeps: [sockets, profile, coins, login, archive, dashboard],
    named: [
      { by: 'aggregator', as: 'price-bus' },
      { by: 'bff', as: 'price-bus' },
    ],
  },
  kafka: {
    keeps: [prices, sockets, newSocket, profile, coins, login, dashboard],
    named: [
      { by: 'aggregator', as: 'event-log' },
      { by: 'archiver', as: 'event-log' },
      { by: 'auth', as: 'event-log' },
      { by: 'portfolio', as: 'event-log' },
      { by: 'orders', as: 'event-log' },
    ],
  },
  clickhouse: {
    keeps: [prices, sockets, newSocket, profile, coins, login, dashboard],
    named: [
      { by: 'archiver', as: 'clickhouse' },
      { by: 'dashboard', as: 'clickhouse' },
    ],
  },
};
export const victims: readonly Victim[] = (Object.keys(promised) as Victim['name'][]).map((name) => ({
  name,
  ...promised[name],
}));
