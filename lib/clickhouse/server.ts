import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Clock } from '../clock/clock.js';
import { type Address, hostPort } from '../config/config.js';
import type { Logger } from '../telemetry/telemetry.js';
import { createClientPort } from './client-port.js';
import type { ClickHouse } from './port.js';

export interface ServerClickHouseOptions {
  /** The HTTP interface, usually port 8123. */
  readonly address: Address;
  readonly user: string;
  readonly password: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** How many statements run at once. Default 10. */
  readonly maxConnections?: number;
  /** How long `close` waits for running statements. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

/** A statement's own limit ends it; this one only keeps a dead socket from staying for ever. */
const socketTimeoutMs = 300_000;
/** ClickHouse itself closes an idle connection after 3 s (10 s since 23.11). */
const idleSocketMs = 2_000;

/** A ClickHouse server over its HTTP interface. Connects when it is used, so the server need not be there yet. */
export const openServerClickHouse = (options: ServerClickHouseOptions): ClickHouse => {
  const { address, user, password, clock, log, maxConnections = 10, closeTimeoutMs } = options;
  const client = createClient({
    url: `http://${hostPort(address)}`,
    username: user,
    password,
    application: 'tickfolio',
    max_open_connections: maxConnections,
    request_timeout: socketTimeoutMs,
    keep_alive: { enabled: true, idle_socket_ttl: idleSocketMs, eagerly_destroy_stale_sockets: true },
    log: { level: ClickHouseLogLevel.OFF },
  });
  return createClientPort(client, {
    clock,
    closeTimeoutMs,
    shut: async () => log.debug({ host: address.host, port: address.port }, 'the connections to ClickHouse are closed'),
  });
};
