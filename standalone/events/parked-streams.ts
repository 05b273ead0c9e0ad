import { inboxTables, listParked, releaseStream } from '@tickfolio/lib/outbox/inbox';
import { type Database, databaseTime as time } from '@tickfolio/lib/postgres';

/** A service that takes in what others tell. */
export interface ReadingService {
  readonly name: string;
  readonly db: Database;
}

const tables = inboxTables();

/** Which streams stand still in which service, at which event, since when and why: a line each. */
export const parkedInWords = async (services: readonly ReadingService[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const { name, db } of services)
    for (const { stream, version, topic, parkedAt, reason } of await listParked({ db, tables }))
      lines.push(
        `${stream} stands in ${name} at event ${version} (${topic}) since ${parkedAt.toISOString()}: ${reason}`,
      );
  return lines;
};

/** @returns the names of the services in which a stream of that name was parked */
export const releaseEverywhere = async (
  services: readonly ReadingService[],
  stream: string,
): Promise<readonly string[]> => {
  const released: string[] = [];
  for (const { name, db } of services) if (await releaseStream({ db, tables, time }, stream)) released.push(name);
  return released;
};
