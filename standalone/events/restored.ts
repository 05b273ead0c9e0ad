import { AppError } from '@tickfolio/lib/errors';
import type { Database } from '@tickfolio/lib/postgres';

/** A service whose database may be restored on a server, by that server's own tools. */
export interface RestoredService {
  /** Where nobody says another. */
  readonly database: string;
  readonly migrationsFolder: string;
  /**
   * Says of its database that it is one of before.
   * @param above an epoch that whoever reads what it tells knows
   * @returns what was done, in words
   */
  begin(db: Database, above?: number): Promise<string>;
}

const services: Readonly<Record<string, () => Promise<RestoredService>>> = {
  auth: async () => {
    const { endRestoredSessions, migrationsFolder } = await import('@tickfolio/auth/app');
    const begin = async (db: Database, above?: number) => `${await endRestoredSessions(db, above)} sessions are over`;
    return { database: 'auth_db', migrationsFolder, begin };
  },
  portfolio: async () => {
    const { beginEpoch, migrationsFolder } = await import('@tickfolio/portfolio/app');
    const begin = async (db: Database, above?: number) => {
      await beginEpoch(db, above);
      return 'what it told is read anew';
    };
    return { database: 'portfolio_service', migrationsFolder, begin };
  },
  orders: async () => {
    const { beginEpoch, migrationsFolder } = await import('@tickfolio/orders/app');
    const begin = async (db: Database, above?: number) => {
      await beginEpoch(db, above);
      return 'what it told is read anew';
    };
    return { database: 'order_service', migrationsFolder, begin };
  },
};

export const restorable: readonly string[] = Object.keys(services);

/** @throws AppError invalid_argument for a service that tells nothing which others keep */
export const restoredService = async (name: string): Promise<RestoredService> => {
  const found = services[name];
  if (found) return found();
  throw new AppError(
    'invalid_argument',
    `Of "${name}" nothing is to be said; of ${restorable.slice(0, -1).join(', ')} and ${restorable.at(-1)} it is.`,
  );
};
