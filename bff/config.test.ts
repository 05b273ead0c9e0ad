import { ConfigError, publishedSecrets, readConfig } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { bffConfig, bffOptions } from './config.js';

const good = {
  POSTGRES_HOST: 'db',
  POSTGRES_USER: 'u',
  POSTGRES_PASSWORD: 'p',
  JWT_SECRET: 'x'.repeat(32),
  REDIS_ADDR: 'redis:6379',
  BROKERS: 'kafka:9092',
  AGGREGATOR_ADDR: 'aggregator:8088',
};
const read = (env: NodeJS.ProcessEnv) => readConfig('bff', bffConfig(env), env);
const faults = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    read(env);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};

describe('the settings of the BFF', () => {
  it('have the defaults that deployments know', () => {
    expect(read(good)).toMatchObject({
      HTTP_PORT: 8080,
      HTTP_HOST: '0.0.0.0',
      POSTGRES_PORT: 5432,
      POSTGRES_DB: 'profile_db',
      POSTGRES_SCHEMA: 'public',
      POSTGRES_MIGRATE: 'auto',
      REDIS_ADDR: { host: 'redis', port: 6379 },
      AUTH_SERVICE_ADDR: { host: 'authorization-service', port: 50051 },
      AGGREGATOR_ADDR: ['http://aggregator:8088'],
    });
    expect(bffOptions(read(good))).toMatchObject({
      secureCookie: true,
      trustProxy: false,
      allowedOrigins: [],
      staleAfterMs: 60_000,
    });
  });
  it('say which neighbours the installation is without', () => {
    expect(bffOptions(read(good)).without).toEqual([]);
    expect(bffOptions(read({ ...good, PARTS: 'core' })).without).toEqual(['portfolio', 'orders']);
  });
  it('are refused with every fault at once', () => {
    expect(
      faults({
        HTTP_PORT: 'http',
        JWT_SECRET: 'short',
        TRUST_PROXY: 'my proxy',
        ALLOWED_ORIGINS: 'example.com',
        STALE_AFTER: '60',
      }),
    ).toEqual(
      [
        /^HTTP_PORT must be a port/,
        /^POSTGRES_HOST is required/,
        /^POSTGRES_USER is required/,
        /^POSTGRES_PASSWORD is required/,
        /^JWT_SECRET must be at least 32 characters/,
        /^REDIS_ADDR is required/,
        /^BROKERS is required/,
        /^AGGREGATOR_ADDR is required/,
        /^TRUST_PROXY must be/,
        /^ALLOWED_ORIGINS must list origins/,
        /^STALE_AFTER must be a length of time/,
      ].map((pattern) => expect.stringMatching(pattern)),
    );
  });
  it('take a published secret on the developer’s machine only', () => {
    const [published] = publishedSecrets;
    expect(faults({ ...good, JWT_SECRET: published })).toEqual([
      expect.stringMatching(/^JWT_SECRET is a published example/),
    ]);
    expect(bffOptions(read({ ...good, JWT_SECRET: published, ENV: 'local' })).secureCookie).toBe(false);
  });
  it('take an aggregator as host and port or as a URL, and proxies as networks', () => {
    expect(read({ ...good, AGGREGATOR_ADDR: 'https://aggregator.example/' }).AGGREGATOR_ADDR).toEqual([
      'https://aggregator.example',
    ]);
    expect(read({ ...good, AGGREGATOR_ADDR: 'a:8088, b:8088' }).AGGREGATOR_ADDR).toEqual([
      'http://a:8088',
      'http://b:8088',
    ]);
    for (const wrong of [':8088', 'aggregator', 'aggregator:http', 'ftp://aggregator:1', 'a:8088,'])
      expect(faults({ ...good, AGGREGATOR_ADDR: wrong })).toEqual([expect.stringMatching(/^AGGREGATOR_ADDR must be/)]);
    expect(read({ ...good, TRUST_PROXY: '10.0.0.0/8, loopback' }).TRUST_PROXY).toEqual(['10.0.0.0/8', 'loopback']);
    expect(read({ ...good, ALLOWED_ORIGINS: 'https://a.example, http://localhost:3000' }).ALLOWED_ORIGINS).toHaveLength(
      2,
    );
  });
  it('take the address that people open from the address bar, path and all', () => {
    const place = (env: NodeJS.ProcessEnv) => {
      const { publicUrls, basePath } = bffOptions(read({ ...good, ...env }));
      return { publicUrls, basePath };
    };
    expect(place({})).toEqual({ publicUrls: [], basePath: '/' });
    expect(place({ PUBLIC_URL: 'https://Example.com/tickfolio, http://nas:8090/tickfolio/' })).toEqual({
      publicUrls: ['https://example.com/tickfolio/', 'http://nas:8090/tickfolio/'],
      basePath: '/tickfolio/',
    });
    expect(place({ BASE_PATH: '/a/b' })).toEqual({ publicUrls: [], basePath: '/a/b/' });
    expect(place({ PUBLIC_URL: 'https://example.com/t/', BASE_PATH: '/t' }).basePath).toBe('/t/');
    for (const wrong of [
      'example.com',
      'ftp://example.com',
      'https://a:b@example.com',
      'https://example.com/?x',
      'https://example.com/a%20b/',
    ])
      expect(faults({ ...good, PUBLIC_URL: wrong })).toEqual([
        expect.stringMatching(/^PUBLIC_URL must list addresses such as https/),
      ]);
    for (const wrong of ['tickfolio', '/a b/', '//evil.example/', '/a/../b/', 'https://example.com/'])
      expect(faults({ ...good, BASE_PATH: wrong })).toEqual([
        expect.stringMatching(/^BASE_PATH must be a path such as \/tickfolio\//),
      ]);
    expect(faults({ ...good, PUBLIC_URL: 'https://a.example/x/,https://b.example/' })).toEqual([
      expect.stringMatching(/^PUBLIC_URL must have one path for all addresses, not \/x\/ and \//),
    ]);
    for (const first of ['api', 'docs', 'assets', 'account', 'ready'])
      for (const wrong of [{ BASE_PATH: `/${first}/` }, { PUBLIC_URL: `https://example.com/${first}/x/` }])
        expect(faults({ ...good, ...wrong })).toEqual([
          `BASE_PATH must not begin with /${first}, which is an address of the server itself`,
        ]);
    // Every page of the domain could take part, and there would be nobody to say which of them are its own.
    expect(faults({ ...good, PASSKEY_RP_ID: 'example.com' })).toEqual(['PASSKEY_RP_ID wants PUBLIC_URL set too']);
    expect(faults({ ...good, PASSKEY_RP_ID: 'example.com', PUBLIC_URL: 'https://a.example.com/' })).toEqual([]);
    expect(faults({ ...good, PUBLIC_URL: 'https://a.example/x/', BASE_PATH: '/y/' })).toEqual([
      expect.stringMatching(/^BASE_PATH must be the path of PUBLIC_URL, which is \/x\/, not "\/y\/"/),
    ]);
  });
});
