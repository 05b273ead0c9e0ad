import { ConfigError, port, readConfig, z } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { withOwnNames } from './own-names.js';

const read = (env: NodeJS.ProcessEnv) =>
  readConfig('test', z.object(withOwnNames(env, 'AUTH', { GRPC_PORT: port(50_051) }, ['GRPC_PORT'])), env);
const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    read(env);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};

describe('a setting that several services of one process have', () => {
  it('is read by the name that begins with its service, and by the one of before', () => {
    expect(read({})).toEqual({ AUTH_GRPC_PORT: 50_051, GRPC_PORT: 50_051 });
    for (const name of ['AUTH_GRPC_PORT', 'GRPC_PORT'])
      expect(read({ [name]: '7000' })).toEqual({ AUTH_GRPC_PORT: 7_000, GRPC_PORT: 7_000 });
    expect(read({ AUTH_GRPC_PORT: '7000', GRPC_PORT: '7000' })).toEqual({ AUTH_GRPC_PORT: 7_000, GRPC_PORT: 7_000 });
    expect(read({ AUTH_GRPC_PORT: '', GRPC_PORT: '7000' })).toEqual({ AUTH_GRPC_PORT: 7_000, GRPC_PORT: 7_000 });
  });

  it('is refused in words when both names are set to different things', () => {
    expect(faultsOf({ AUTH_GRPC_PORT: '7000', GRPC_PORT: '7001' })).toEqual([
      'GRPC_PORT is set to something else than AUTH_GRPC_PORT, which means the same: set one of them',
    ]);
  });

  it('is told wrong by the name that was used', () => {
    for (const name of ['AUTH_GRPC_PORT', 'GRPC_PORT'])
      expect(faultsOf({ [name]: 'eighty' })).toEqual([
        expect.stringMatching(new RegExp(`^${name} must be a port number`)),
      ]);
  });
});
