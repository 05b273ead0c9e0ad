import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { expect, it } from 'vitest';
import { portfolioConfig, portfolioOptions } from './config.js';

const needed = { POSTGRES_HOST: 'db', POSTGRES_USER: 'portfolio', POSTGRES_PASSWORD: 'p', BROKERS: 'kafka:9092' };
const read = (env: NodeJS.ProcessEnv) => readConfig('portfolio', portfolioConfig(env), { ...needed, ...env });
const grantOf = (text: string): string => {
  try {
    return portfolioOptions(read({ PAPER_GRANT: text })).paperGrant;
  } catch (err) {
    if (err instanceof ConfigError) return err.faults.join();
    throw err;
  }
};

it.each([
  ['10000', '10000'],
  ['10000.50', '10000.5'],
  ['10000.00000000', '10000'],
  ['0.00000001', '0.00000001'],
  ['0', '0'],
  ['0.00', '0'],
])('paper money may be written as %s', (text, grant) => {
  expect(grantOf(text)).toBe(grant);
});

it.each(['-1', '1e3', '010', '.5', '1.', '1.123456789', '1234567890123456', 'much'])(
  'paper money is not %s',
  (text) => {
    expect(grantOf(text)).toBe('PAPER_GRANT must be a decimal number of at most 15 digits and 8 decimals');
  },
);
