import { expect, it } from 'vitest';
import { otherNames } from './other-names.js';

const stores = [
  { name: 'accounts', kind: 'database' },
  { name: 'clickhouse', kind: 'archive' },
  { name: 'jwt-secret', kind: 'files' },
  { name: 'profile_db', kind: 'database' },
] as const;

it('tells whoever restores a run with names of its own which ones to set, so that no empty database takes their place', () => {
  const restored = { stores, accountStores: ['accounts'] };
  expect(otherNames(restored, { AUTH_POSTGRES_DB: 'auth_db', PROFILE_POSTGRES_DB: 'profile_db' })).toEqual([
    'Accounts are in accounts, not in auth_db: start the run with AUTH_POSTGRES_DB=accounts.',
  ]);
  expect(otherNames(restored, { AUTH_POSTGRES_DB: 'accounts', PROFILE_POSTGRES_DB: 'portfolios' })).toEqual([
    'Portfolios are in profile_db, not in portfolios: start the run with PROFILE_POSTGRES_DB=profile_db.',
  ]);
  expect(otherNames(restored, { AUTH_POSTGRES_DB: 'accounts', PROFILE_POSTGRES_DB: 'profile_db' })).toEqual([]);
  const tables = ['people', 'holdings'].map((schema) => ({ schema, name: 'some table', rows: 1 }));
  const inOne = { stores: [{ name: 'databases', kind: 'database' as const, tables }], accountStores: ['people'] };
  expect(otherNames(inOne, { AUTH_POSTGRES_DB: 'people', PROFILE_POSTGRES_DB: 'profile_db' })).toEqual([
    'Portfolios are in holdings, not in profile_db: start the run with PROFILE_POSTGRES_DB=holdings.',
  ]);
  expect(otherNames({ stores: [], accountStores: [] }, { AUTH_POSTGRES_DB: 'a', PROFILE_POSTGRES_DB: 'b' })).toEqual(
    [],
  );
});
