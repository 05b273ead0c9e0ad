import type { RestoredFolder } from './restore.js';
import { databasesOf } from './stores.js';

/** The names that a run with the same settings gives its databases. */
export interface DatabaseNames {
  readonly AUTH_POSTGRES_DB: string;
  readonly PROFILE_POSTGRES_DB: string;
}

/**
 * What to set where the databases of a restored folder have other names than the next run gives them: without it that
 * run would make new, empty ones beside them.
 * @returns lines for whoever restores
 */
export const otherNames = (
  { stores, accountStores }: Pick<RestoredFolder, 'stores' | 'accountStores'>,
  names: DatabaseNames,
): string[] => {
  const others = stores
    .flatMap((store) =>
      store.tables?.length ? databasesOf(store).map(({ name }) => name) : store.kind === 'database' ? [store.name] : [],
    )
    .filter((name) => !accountStores.includes(name));
  const advise = (what: string, found: readonly string[], variable: keyof DatabaseNames) =>
    found.length === 0 || found.includes(names[variable])
      ? []
      : [
          `${what} are in ${found.join(', ')}, not in ${names[variable]}: start the run with ${variable}=${found.length === 1 ? found[0] : '<one of them>'}.`,
        ];
  return [
    ...advise('Accounts', accountStores, 'AUTH_POSTGRES_DB'),
    ...advise('Portfolios', others, 'PROFILE_POSTGRES_DB'),
  ];
};
