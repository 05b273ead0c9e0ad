import { type Promised, promises } from './promises.js';
import type { Observer } from './readiness.js';

export interface Victim {
  readonly name: string;
  /** What must hold while it is dead. */
  readonly keeps: readonly Promised[];
  /** Who must name it in /ready, and by which name. */
  readonly named: readonly { readonly by: Observer; readonly as: string }[];
}

const { prices, sockets, newSocket, profile, coins, login, loginRefused, profileRefused, archive, dashboard } = promises;

/** Every part, in the order in which it is killed. */
export const victims: readonly Victim[] = [
  {
    name: 'exchange-sim',
    keeps: [sockets, newSocket, profile, coins, login, dashboard],
    named: [{ by: 'socket', as: 'exchange-streams' }],
  },
  { name: 'socket', keeps: [sockets, newSocket, profile, coins, login, dashboard], named: [{ by: 'aggregator', as: 'socket' }] },
  { name: 'aggregator', keeps: [sockets, newSocket, profile, coins, login, dashboard], named: [{ by: 'bff', as: 'aggregator' }] },
  {
    name: 'auth',
    keeps: [prices, sockets, newSocket, profile, coins, loginRefused, archive, dashboard],
    named: [{ by: 'bff', as: 'authorization' }],
  },
  { name: 'bff', keeps: [archive, dashboard], named: [] },
  { name: 'archiver', keeps: [prices, sockets, newSocket, profile, coins, login, dashboard], named: [] },
  { name: 'dashboard', keeps: [prices, sockets, newSocket, profile, coins, login, archive], named: [] },
  {
    name: 'postgres-auth',
    keeps: [prices, sockets, newSocket, profile, coins, loginRefused, archive, dashboard],
    named: [{ by: 'auth', as: 'auth-database' }],
  },
  {
    name: 'postgres-profile',
    keeps: [prices, sockets, profileRefused, archive, dashboard],
    named: [{ by: 'bff', as: 'profile-database' }],
  },
  {
    name: 'redis',
    keeps: [sockets, profile, coins, login, archive, dashboard],
    named: [
      { by: 'aggregator', as: 'price-bus' },
      { by: 'bff', as: 'price-bus' },
    ],
  },
  {
    name: 'kafka',
    keeps: [prices, sockets, newSocket, profile, coins, login, dashboard],
    named: [
      { by: 'aggregator', as: 'event-log' },
      { by: 'archiver', as: 'event-log' },
    ],
  },
  {
    name: 'clickhouse',
    keeps: [prices, sockets, newSocket, profile, coins, login, dashboard],
    named: [
      { by: 'archiver', as: 'clickhouse' },
      { by: 'dashboard', as: 'clickhouse' },
    ],
  },
];
