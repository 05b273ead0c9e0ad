import { aggregator } from './parts/aggregator.js';
import { archiver } from './parts/archiver.js';
import { auth } from './parts/auth.js';
import { bffPart } from './parts/bff.js';
import { clickhouse } from './parts/clickhouse.js';
import { dashboard } from './parts/dashboard.js';
import { databases } from './parts/databases.js';
import { exchange } from './parts/exchange-sim.js';
import { jwtSecret } from './parts/jwt-secret.js';
import { eventLog, eventLogDatabase, pubsub } from './parts/messages.js';
import { orders } from './parts/orders.js';
import { portfolio } from './parts/portfolio.js';
import { priceWatch } from './parts/price-watch.js';
import { socket } from './parts/socket.js';
import { sqlPort } from './parts/sql-port.js';

/** It calls the others of these by gRPC, which it knows by the names of their services. */
export const bff = bffPart({ auth, portfolio, orders, socket });

/**
 * What a run consists of. They start in the order of their needs, not in this one; where two read a setting of one
 * name, what the later says of it holds.
 */
export const parts = [
  bff,
  exchange,
  archiver,
  dashboard,
  auth,
  portfolio,
  orders,
  aggregator,
  socket,
  jwtSecret,
  sqlPort,
  priceWatch,
  clickhouse,
  databases,
  eventLogDatabase,
  eventLog,
  pubsub,
] as const;
