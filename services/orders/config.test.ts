import { readConfig } from '@tickfolio/lib/config';
import { formatDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { ordersConfig, paperFeesOf } from './config.js';

const right = { BROKERS: 'kafka:9092', POSTGRES_HOST: 'db', POSTGRES_USER: 'o', POSTGRES_PASSWORD: 'secret of orders' };
const read = (env: NodeJS.ProcessEnv = {}) =>
  readConfig('orders', ordersConfig({ ...right, ...env }), { ...right, ...env });

describe('what the orders service reads', () => {
  it('has defaults for all but its servers', () => {
    expect(read()).toMatchObject({ GRPC_PORT: 50_054, POSTGRES_DB: 'order_service', AUDIT_INTERVAL: 60_000 });
    expect(paperFeesOf(read())).toBeUndefined();
  });
  it('takes what paper orders pay', () => {
    const { maker, taker } = paperFeesOf(read({ PAPER_FEES: 'maker:0.0005,taker:0.002' })) ?? {};
    expect([maker, taker].map((rate) => rate && formatDecimal(rate))).toEqual(['0.0005', '0.002']);
  });
  it.each(['0.001', 'maker:1,taker:0.1', 'maker:-0.1,taker:0', 'taker:0.1,maker:0.1'])('refuses %s', (text) =>
    expect(() => read({ PAPER_FEES: text })).toThrow('PAPER_FEES'),
  );
});
