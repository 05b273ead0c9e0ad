import { maxAccessTtl } from '@tickfolio/lib/access-token';
import { ConfigError, durationMs, readConfig } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { authConfig, authOptions } from './config.js';

const right = {
  POSTGRES_HOST: 'db',
  POSTGRES_USER: 'auth',
  POSTGRES_PASSWORD: 'p',
  BROKERS: 'kafka:9092',
  JWT_SECRET: 'Zq3vT9mXr5Lw8Kc2Yb7Nd4Hf6Js1Pg0a',
};
const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig('auth', authConfig(env), env);
    return [];
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
};

describe('the settings of auth', () => {
  it('have the documented defaults', () => {
    expect(readConfig('auth', authConfig(right), right)).toMatchObject({
      GRPC_PORT: 50051,
      POSTGRES_PORT: 5432,
      POSTGRES_DB: 'auth_db',
      POSTGRES_SCHEMA: 'public',
      POSTGRES_MIGRATE: 'auto',
      POSTGRES_MAX_CONNECTIONS: 10,
      JWT_ACCESS_TTL: 900_000,
      JWT_REFRESH_TTL: 604_800_000,
      LOG_LEVEL: 'info',
    });
  });
  it('wait for whom of the installation an account has to be erased by', () => {
    const holdersWith = (env: NodeJS.ProcessEnv) =>
      authOptions(readConfig('auth', authConfig(env), { ...right, ...env })).holders;
    expect(holdersWith({})).toEqual(['auth', 'portfolio', 'orders', 'bff']);
    expect(holdersWith({ PARTS: 'core' })).toEqual(['auth', 'bff']);
    expect(faultsOf({ ...right, PARTS: 'half' })).toEqual(['PARTS must be core or whole']);
  });
  it('are all named at once when they are wrong or missing', () => {
    const faults = faultsOf({ JWT_SECRET: 'short', GRPC_PORT: 'x', JWT_ACCESS_TTL: '15' }).join('\n');
    for (const name of [
      'POSTGRES_HOST',
      'POSTGRES_USER',
      'POSTGRES_PASSWORD',
      'JWT_SECRET',
      'GRPC_PORT',
      'JWT_ACCESS_TTL',
    ])
      expect(faults).toContain(name);
    expect(faultsOf({})).toContain('JWT_SECRET is required');
  });
  it('take no access token that would outlive what others remember of a session that ended', () => {
    expect(faultsOf({ ...right, JWT_ACCESS_TTL: '24h' })).toEqual([]);
    expect(faultsOf({ ...right, JWT_ACCESS_TTL: '25h' })).toEqual(['JWT_ACCESS_TTL must be at most 24h, not "25h"']);
    expect(durationMs(maxAccessTtl.text)).toBe(maxAccessTtl.ms);
    expect(faultsOf({ ...right, SESSION_TTL: '999999999d' })).toEqual([
      'SESSION_TTL must be at most 3650d, not "999999999d"',
    ]);
  });
  it('name operators as accounts are named, and seal with a secret of its own where there is one', () => {
    const given = { ...right, OPERATORS: ' ada, Bob.1 ,', SEAL_SECRET: 's'.repeat(32) };
    expect(readConfig('auth', authConfig(given), given)).toMatchObject({
      OPERATORS: ['ada', 'Bob.1'],
      SEAL_SECRET: 's'.repeat(32),
    });
    expect(readConfig('auth', authConfig(right), right)).toMatchObject({ OPERATORS: [] });
    expect(faultsOf({ ...right, OPERATORS: 'ada,a b', SEAL_SECRET: 'short' })).toEqual([
      'SEAL_SECRET must be at least 32 characters long',
      'OPERATORS must be names of accounts, separated by commas, not "a b"',
    ]);
  });
  it('take a published secret with ENV=local only', () => {
    const published = { ...right, JWT_SECRET: 'tickfolio-local-development-secret-not-for-production' };
    expect(faultsOf(published)).toEqual(['JWT_SECRET is a published example value, allowed with ENV=local only']);
    expect(faultsOf({ ...published, ENV: 'local' })).toEqual([]);
  });
});
