import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { aggregatorConfig } from './config.js';

const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig('aggregator', aggregatorConfig, env);
    return [];
  } catch (err) {
    return err instanceof ConfigError ? err.faults : [String(err)];
  }
};

describe('the settings', () => {
  it('have the defaults of the contract', () => {
    const env = { BROKERS: 'kafka:9092', REDIS_ADDR: 'redis:6379', SOCKET_SERVICE_ADDR: 'socket:50051' };
    expect(readConfig('aggregator', aggregatorConfig, env)).toMatchObject({
      SERVER_ADDR: { host: '0.0.0.0', port: 8088 },
      GRPC_PORT: 50064,
      BROKERS: ['kafka:9092'],
      REDIS_ADDR: { host: 'redis', port: 6379 },
      SOCKET_SERVICE_ADDR: { host: 'socket', port: 50051 },
      LOG_LEVEL: 'info',
    });
  });

  it('name every server that is missing, at once', () => {
    expect(faultsOf({}).map((fault) => fault.split(' ')[0])).toEqual(['BROKERS', 'REDIS_ADDR', 'SOCKET_SERVICE_ADDR']);
  });

  it('list the symbols that are always followed', () => {
    const env = { BROKERS: 'a:9092', REDIS_ADDR: 'r:1', SOCKET_SERVICE_ADDR: 's:1' };
    const listed = (FOLLOW_SYMBOLS?: string) =>
      readConfig('aggregator', aggregatorConfig, { ...env, FOLLOW_SYMBOLS }).FOLLOW_SYMBOLS;
    expect(listed()).toEqual([]);
    expect(listed('BTCUSDT, ethusdt,btcusdt,')).toEqual(['btcusdt', 'ethusdt']);
    expect(faultsOf({ ...env, FOLLOW_SYMBOLS: 'btc/usdt' })).toEqual([expect.stringContaining('not "btc/usdt"')]);
    const forgotten = 'btcusdtethusdtsolusdtbnbusdtadausdt'; // Its commas; the socket service takes no such name either.
    expect(faultsOf({ ...env, FOLLOW_SYMBOLS: forgotten })).toEqual([expect.stringContaining('separated by commas')]);
    expect(listed('币安人生usdt,x.y_z-1')).toEqual(['币安人生usdt', 'x.y_z-1']);
  });

  it('refuse a list of followed symbols with nothing between two commas', () => {
    const env = { BROKERS: 'a:9092', REDIS_ADDR: 'r:1', SOCKET_SERVICE_ADDR: 's:1' };
    for (const FOLLOW_SYMBOLS of ['btcusdt,,ethusdt', 'btcusdt, ,ethusdt', ',btcusdt', ','])
      expect(faultsOf({ ...env, FOLLOW_SYMBOLS })).toEqual([expect.stringContaining('between every two commas')]);
  });

  it('take several brokers and refuse what is none', () => {
    const rest = { REDIS_ADDR: 'r:1', SOCKET_SERVICE_ADDR: 's:1' };
    expect(readConfig('aggregator', aggregatorConfig, { ...rest, BROKERS: 'a:9092, b:9092' }).BROKERS).toEqual([
      'a:9092',
      'b:9092',
    ]);
    for (const BROKERS of ['kafka', ':9092', 'a:9092,', 'a:99999'])
      expect(faultsOf({ ...rest, BROKERS })).toHaveLength(1);
  });
});
