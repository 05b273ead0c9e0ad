import { resolve } from 'node:path';
import { DamagedStoreError } from '@tickfolio/lib/embedded-store';
import { expect, it } from 'vitest';
import { embeddedStores } from './embedded-stores.js';
import { adviseOnStore } from './store-advice.js';

const stores = embeddedStores({ AUTH_POSTGRES_DB: 'auth_db', PROFILE_POSTGRES_DB: 'profile_db' });
const words = (folder: string, newest: string | undefined) =>
  String(
    (
      adviseOnStore(new DamagedStoreError(folder, 'global is missing'), {
        stores,
        backups: { newest, folder: '/x/backups' },
      }) as Error
    ).message,
  );

it('tells whoever runs a damaged store what is broken, what is safe, and what to do, with commands that can be pasted', () => {
  expect(words('/x/data/auth_db', '/x/backups/last').split('\n')).toEqual([
    'The store auth_db (accounts and sessions) is damaged, and no further start will mend it.',
    '  Where         /x/data/auth_db',
    '  What          global is missing',
    '  What is safe  nothing of it was removed or repaired; the other stores in /x/data are not concerned',
    '  To go back    make restore DATA_DIR=/x/data BACKUP=/x/backups/last   (the newest one, with all stores; what is there now is kept beside it)',
    '  To go on      mv /x/data/auth_db /x/data/auth_db.damaged   (then there are no accounts, and the portfolios that are there belong to nobody)',
  ]);
  const other = words("/my 'data'/clickhouse", undefined);
  expect(words(resolve('data/auth_db'), undefined)).toContain(
    '  make restore BACKUP=<a backup>   (none was found in /x/backups; what is there now is kept beside it)',
  );
  expect(other).toContain(
    `mv '/my '\\''data'\\''/clickhouse' '/my '\\''data'\\''/clickhouse.damaged'   (then the archive begins anew)`,
  );
});

it('leaves other errors as they are', () => {
  const err = new Error('other');
  expect(adviseOnStore(err, { stores, backups: { newest: undefined, folder: '' } })).toBe(err);
});
