import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestRedis } from './redis.js';

/** Each key with all that is under it, one a line. */
const everything = `
local lines = {}
local read = {
  string = function(key) return { redis.call('GET', key) } end,
  hash = function(key) return redis.call('HGETALL', key) end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1) end,
  stream = function(key) return { cjson.encode(redis.call('XRANGE', key, '-', '+')) } end,
}
for _, key in ipairs(redis.call('KEYS', '*')) do
  lines[#lines + 1] = key .. ' ' .. table.concat(read[redis.call('TYPE', key).ok](key), ' ')
end
return table.concat(lines, '\\n')`;

/** What stands in every database of the server: of each key a line with the key and all that is under it. */
export const redisLines = async ({ host, port }: Pick<TestRedis, 'host' | 'port'>): Promise<readonly string[]> => {
  const ask = async (...command: readonly string[]) => {
    const all = ['-h', host, '-p', String(port), '--raw', ...command];
    return (await promisify(execFile)('redis-cli', all, { maxBuffer: 64 * 2 ** 20 })).stdout;
  };
  const databases = [...(await ask('INFO', 'keyspace')).matchAll(/^db(\d+):/gm)].map(([, number = '']) => number);
  const texts = await Promise.all(databases.map((number) => ask('-n', number, 'EVAL', everything, '0')));
  return texts.flatMap((text) => text.split('\n').filter(Boolean));
};
