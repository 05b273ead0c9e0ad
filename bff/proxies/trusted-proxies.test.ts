import { ConfigError, readConfig, z } from '@tickfolio/lib/config';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { trustedProxies } from './trusted-proxies.js';

const read = (text: string) =>
  readConfig('bff', z.object({ TRUST_PROXY: trustedProxies() }), { TRUST_PROXY: text }).TRUST_PROXY;
const faults = (text: string): readonly string[] => {
  try {
    read(text);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};

it.each([
  '127.0.0.1',
  '10.0.0.0/8',
  '0.0.0.0/1',
  '1.2.3.4/32',
  '::1',
  'fd00::/8',
  '2001:db8::1/128',
  '::ffff:10.0.0.1',
  'loopback',
])('believes the proxy %s, and the server starts with it', async (text) => {
  expect(read(text)).toEqual([text]);
  const app = fastify({ trustProxy: read(text) });
  await app.ready();
  await app.close();
});

it('takes several, and by default nobody', () => {
  expect(read('10.0.0.0/8, ::1 ,uniquelocal')).toEqual(['10.0.0.0/8', '::1', 'uniquelocal']);
  expect([read('false'), read('')]).toEqual([false, false]);
});

it.each([
  ['10.0.0.0/33', '"/33" after 10.0.0.0'],
  ['fd00::/129', '1 to 128 bits'],
  ['10.0.0.0/', '"/" after 10.0.0.0'],
  ['10.0.0.0/0', '1 to 32 bits'],
  ['10.0.0.0/8/8', 'not "10.0.0.0/8/8"'],
  ['1.2.3.4.5', 'not "1.2.3.4.5"'],
  ['::1::', 'not "::1::"'],
  ['fe80::1%eth0', 'not "fe80::1%eth0"'],
  ['abc', 'not "abc"'],
  ['nginx', 'not "nginx"'],
  ['127.0.0.1,', 'not ""'],
])('says at the start what is wrong with the proxy %s, and what to write', (text, words) => {
  expect(faults(text)).toEqual([expect.stringContaining(words)]);
  expect(faults(text)[0]).toMatch(/^TRUST_PROXY must /);
});

it.each(['1', '0', '2130706433', 'true'])('does not guess which proxies are meant by %s', (text) => {
  expect(faults(text)).toEqual([
    expect.stringMatching(/^TRUST_PROXY must not be .* write the addresses or networks of your proxies/),
  ]);
});
