import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, z } from '../config/config.js';
import { postgresServer, postgresSettings } from './settings.js';

const server = { POSTGRES_HOST: 'pooler', POSTGRES_PORT: '6432', POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p' };
const read = (env: NodeJS.ProcessEnv) => readConfig('test', z.object(postgresSettings(env, 'test_db')), env);

describe('the settings of a PostgreSQL server', () => {
  it('say where the tables are and who migrates them', () => {
    expect(postgresServer(read(server))).toEqual({
      host: 'pooler',
      port: 6432,
      user: 'u',
      password: 'p',
      schema: 'public',
      migrate: 'auto',
      migrateAt: undefined,
    });
    const more = { POSTGRES_SCHEMA: 'mine', POSTGRES_MIGRATE: 'off', POSTGRES_MIGRATE_ADDR: 'db:5432' };
    const migrateAt = { host: 'db', port: 5432 };
    expect(postgresServer(read({ ...server, ...more }))).toMatchObject({ schema: 'mine', migrate: 'off', migrateAt });
  });
  it.each(['pg_catalog', 'pg_mine', 'information_schema'])(
    'do not put tables into %s, which is PostgreSQL’s own',
    (name) => {
      expect(() => read({ ...server, POSTGRES_SCHEMA: name })).toThrow(
        'POSTGRES_SCHEMA must not be a schema of PostgreSQL itself',
      );
    },
  );
  it('are refused by name', () => {
    const wrong = { POSTGRES_SCHEMA: 'My "schema"', POSTGRES_MIGRATE: 'no', POSTGRES_MIGRATE_ADDR: 'db' };
    const faults = (() => {
      try {
        read({ ...server, ...wrong });
      } catch (err) {
        if (err instanceof ConfigError) return err.faults;
      }
      return [];
    })();
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(Object.keys(wrong));
  });
});
