import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  address,
  addressList,
  ConfigError,
  duration,
  environment,
  flag,
  hostPort,
  integer,
  jwtSecret,
  logLevel,
  parseAddress,
  password,
  port,
  publishedPasswords,
  publishedSecrets,
  readConfig,
  required,
  secretFault,
  serverAddress,
  serverPort,
  url,
  z,
} from './config.js';

const faultsOf = (schema: z.ZodType, env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig('bff', schema, env);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};
/** Reads one variable. */
const read = <S extends z.ZodType>(schema: S, text?: string): z.output<S> =>
  (readConfig('test', z.object({ X: schema }), text === undefined ? {} : { X: text }) as { X: z.output<S> }).X;
const refused = (schema: z.ZodType, text?: string) =>
  faultsOf(z.object({ X: schema }), text === undefined ? {} : { X: text })[0];

describe('readConfig', () => {
  const schema = z.object({
    HTTP_PORT: port(8080),
    REDIS_ADDR: address(),
    JWT_SECRET: required(),
    JWT_ACCESS_TTL: duration('15m'),
    BATCH_SIZE: integer(100, 1, 1_000),
    LOG_LEVEL: logLevel(),
    SECURE: flag(true),
    BINANCE_WS_URL: url(['ws:', 'wss:'], 'wss://stream.binance.com:9443'),
    ENV: environment(),
  });

  it('reads what is set and fills in the rest', () => {
    expect(
      readConfig('bff', schema, { REDIS_ADDR: 'redis:6379', JWT_SECRET: 's', LOG_LEVEL: 'debug', OTHER: 'x' }),
    ).toEqual({
      HTTP_PORT: 8080,
      REDIS_ADDR: { host: 'redis', port: 6379 },
      JWT_SECRET: 's',
      JWT_ACCESS_TTL: 900_000,
      BATCH_SIZE: 100,
      LOG_LEVEL: 'debug',
      SECURE: true,
      BINANCE_WS_URL: 'wss://stream.binance.com:9443',
      ENV: 'production',
    });
  });

  it('names every wrong and missing variable at once, ready to be printed', () => {
    const env = {
      HTTP_PORT: '99999',
      JWT_ACCESS_TTL: '15',
      BATCH_SIZE: '0',
      LOG_LEVEL: 'loud',
      SECURE: 'maybe',
      BINANCE_WS_URL: 'https://x',
    };
    const faults = faultsOf(schema, env);
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(
      [...Object.keys(env), 'JWT_SECRET', 'REDIS_ADDR'].sort(),
    );
    const message = new ConfigError('bff', faults).message;
    expect(message).toContain('bff cannot start');
    for (const fault of faults) expect(message).toContain(`\n  ${fault}`);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(read(port(8080), '')).toBe(8080);
    expect(refused(required(), '')).toBe('X is required');
    expect(refused(address(), '')).toBe('X is required (host:port)');
  });
});

describe('addresses and ports', () => {
  it.each([
    ['redis:6379', { host: 'redis', port: 6379 }],
    ['my_service-1.local:1', { host: 'my_service-1.local', port: 1 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    [':8088', { host: '0.0.0.0', port: 8088 }],
    ['8088', { host: '0.0.0.0', port: 8088 }],
    ['[::1]:8088', { host: '::1', port: 8088 }],
  ])('reads %s', (text, expected) => expect(parseAddress(text)).toEqual(expected));

  it.each([
    'redis',
    'redis:',
    'redis:x',
    'redis:65536',
    'redis:-1',
    'redis:6379 ',
    'redis://x:6379',
    'my host:1',
    '',
    ':',
  ])('finds no address in "%s"', (text) => {
    expect(parseAddress(text)).toBeUndefined();
    if (text !== '') expect(refused(address(), text)).toContain('must be host:port');
  });

  it.each([
    '::1',
    'fe80::1',
    '::',
    'redis::6379',
    'a:b:c:1',
    '2001:db8::8080',
    '[redis]:6379',
    '[::1',
    '::1]:80',
    '[]:80',
  ])('does not guess where the host of %s ends and its port begins', (text) => {
    expect(parseAddress(text)).toBeUndefined();
    expect(refused(address(), text)).toMatch(
      text.includes('[') ? /must be host:port/ : /an IPv6 address goes in brackets/,
    );
  });

  it('says of a server’s port 0 that nothing can be there, and lets who listens have any free one', () => {
    expect(refused(serverAddress(), 'redis:0')).toBe('X must name the port of a server, which 0 is not, in "redis:0"');
    expect(refused(addressList(), 'kafka:9092,kafka:0')).toContain('must be host:port');
    expect(refused(serverPort(5432), '0')).toBe('X must be a port number from 1 to 65535, not "0"');
    expect([
      read(address(), ':0').port,
      read(port(1), '0'),
      read(serverPort(5432)),
      read(serverAddress('[::1]:1')),
    ]).toEqual([0, 0, 5432, { host: '::1', port: 1 }]);
  });

  it('uses the fallback, and reads it like any other', () => {
    expect(read(address('redis:6379'))).toEqual({ host: 'redis', port: 6379 });
    expect(refused(address('nonsense'))).toContain('must be host:port');
    expect(parseAddress(':1', 'localhost')).toEqual({ host: 'localhost', port: 1 });
  });

  it('takes ports from 0 to 65535 and nothing else', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 65_535 }), (value) => read(port(1), String(value)) === value));
    for (const text of ['65536', '-1', '1.5', '0x10', ' 80', '80a', '1e3'])
      expect(refused(port(1), text)).toContain('must be a port number');
  });
});

describe('lengths of time', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['15m', 900_000],
    ['168h', 604_800_000],
    ['7d', 604_800_000],
  ])('reads %s as %i ms', (text, ms) => expect(read(duration('1s'), text)).toBe(ms));

  it.each(['10', '0s', '-1s', '1.5s', '10 s', 's', '1w', '1S', '1s1'])('refuses "%s"', (text) => {
    expect(refused(duration('1s'), text)).toContain('must be a length of time');
  });
});

describe('a length of time that is none of those allowed', () => {
  it.each([
    ['0s', 'must be a length of time above 0, not "0s"'],
    ['000ms', 'must be a length of time above 0, not "000ms"'],
    ['16m', 'must be at most 15m, not "16m"'],
    ['9999999999s', 'must be at most 15m, not "9999999999s"'],
    ['0.5s', 'must be a length of time such as 250ms, 10s or 15m, not "0.5s"'],
  ])('is told which bound it breaks: %s', (text, message) => {
    expect(refused(duration('1s', '15m'), text)).toBe(`X ${message}`);
  });

  it('is one beyond what is the most anywhere, and none that has many digits only, such as twelve days in milliseconds', () => {
    for (const text of ['1000000000d', '86400000000000000ms', `${'9'.repeat(400)}ms`])
      expect(refused(duration('1s'), text)).toBe(`X must be at most 999999999d, not "${text}"`);
    expect(read(duration('1s'), '1000000000ms')).toBe(1_000_000_000);
    expect(read(duration('1s', '168h'), '0000604800000ms')).toBe(604_800_000);
    expect(read(duration('1s'), '9999999999s')).toBe(9_999_999_999_000);
  });
});

describe('numbers, switches and URLs', () => {
  it('holds a number to its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), (value) => {
        const text = String(value);
        if (value >= -10 && value <= 10) expect(read(integer(0, -10, 10), text)).toBe(value);
        else expect(refused(integer(0, -10, 10), text)).toContain('from -10 to 10');
      }),
    );
    for (const text of ['1.5', '1e2', 'ten', ' 1', '--1', 'NaN', 'Infinity'])
      expect(refused(integer(0, -10, 10), text)).toContain('whole number');
  });

  it.each([
    ['true', true],
    ['1', true],
    ['on', true],
    ['false', false],
    ['0', false],
    ['off', false],
  ])('reads the switch %s', (text, expected) => expect(read(flag(!expected), text)).toBe(expected));

  it('takes URLs of the named schemes, without a trailing slash', () => {
    expect(read(url(['https:']), 'https://api.binance.com/')).toBe('https://api.binance.com');
    expect(refused(url(['https:']), 'http://api.binance.com')).toContain('https://');
    expect(refused(url(['ws:', 'wss:']), 'not a url')).toContain('ws:// or wss://');
    expect(refused(url(['https:']))).toBe('X is required');
    expect(refused(url(['https:']), 'https://api.binance.com:0')).toContain(
      'must name the port of a server, which 0 is not',
    );
  });
});

describe('secrets', () => {
  it('must be 32 characters long, however many bytes those are', () => {
    expect(secretFault('x'.repeat(31), 'production')).toContain('32 characters');
    expect(secretFault('x'.repeat(32), 'production')).toBeUndefined();
    expect(secretFault('ä'.repeat(31), 'production')).toContain('32 characters');
    expect(secretFault('😀'.repeat(16), 'production')).toContain('32 characters');
  });

  it('must not be a published example, except with ENV=local', () => {
    expect(publishedSecrets.length).toBeGreaterThan(0);
    for (const secret of publishedSecrets) {
      expect(secretFault(secret, 'production')).toContain('ENV=local');
      expect(secretFault(secret, 'Local')).toContain('ENV=local');
      expect(secretFault(secret, 'local')).toBeUndefined();
    }
  });

  it('are not repeated in a fault', () => {
    expect(secretFault('my-short-secret', 'production')).not.toContain('my-short-secret');
    expect(refused(jwtSecret('production'), 'my-short-secret')).toBe('X must be at least 32 characters long');
  });

  it('count as for production unless ENV says otherwise', () => {
    const [published = ''] = publishedSecrets;
    for (const env of [undefined, '', 'production'])
      expect(refused(jwtSecret(env), published)).toContain('published example');
    expect(read(jwtSecret('local'), published)).toBe(published);
    expect(refused(jwtSecret('local'))).toBe('X is required');
  });
});

describe('passwords', () => {
  it('must not be a published example, except with ENV=local', () => {
    const read = (text: string, env: string | undefined) =>
      readConfig('x', z.object({ P: password(env) }), { P: text });
    expect(publishedPasswords.length).toBeGreaterThan(0);
    for (const text of publishedPasswords) {
      for (const env of ['production', undefined, '']) expect(() => read(text, env)).toThrow('ENV=local');
      expect(read(text, 'local')).toEqual({ P: text });
    }
    expect(read('one of its own', undefined)).toEqual({ P: 'one of its own' });
    expect(() => read('', 'local')).toThrow('P is required');
  });
});

describe('an address in one text', () => {
  it('is read back as what it was, an IPv6 host too', () => {
    for (const host of ['10.1.2.3', 'authorization-service', '::1', 'fe80::1%eth0'])
      expect(parseAddress(hostPort({ host, port: 80 }))).toEqual({ host, port: 80 });
    expect(hostPort({ host: '::1', port: 80 })).toBe('[::1]:80');
  });
});
