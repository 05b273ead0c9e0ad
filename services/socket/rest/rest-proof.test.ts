import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Rig, startRig } from '../kit/rig.js';
import { answerJson, type ScriptedExchange, startScriptedExchange } from '../kit/scripted-exchange.js';

let exchange: ScriptedExchange;
let rig: Rig;
const start = async (port?: number) => {
  exchange = await startScriptedExchange(['btcusdt'], port);
  const { rest } = exchange;
  exchange.rest = (path, request, response) =>
    path === '/api/v3/time' ? answerJson(response, { serverTime: Date.now() }) : rest(path, request, response);
};
beforeEach(async () => {
  await start();
  const limits = { backoffBaseMs: 20, backoffCapMs: 50, idleCloseMs: 50, symbolsRefreshMs: 200 };
  rig = await startRig({ wsUrl: exchange.wsUrl, restUrl: exchange.restUrl, limits });
});
afterEach(async () => {
  await rig.close();
  await exchange.close();
});
const readiness = async () => {
  const answer = await fetch(`http://127.0.0.1:${rig.app.operationsPort}/ready`);
  const { dependencies } = (await answer.json()) as {
    readonly dependencies: Readonly<Record<string, { readonly status: string }>>;
  };
  return dependencies['exchange-rest']?.status;
};

it('says that the REST interface answers again after an outage in which the last coin was given up', async () => {
  const reader = rig.read('aggTrade', ['btcusdt']);
  await eventually('subscribed', () => exchange.connections.length === 1);
  await exchange.close();
  await eventually('down', async () => (await readiness()) === 'down');
  reader.cancel();
  await eventually('nothing is carried', () => rig.log.some(({ msg }) => String(msg).includes('carries nothing')));
  await start(Number(new URL(exchange.wsUrl).port));
  await eventually('the list is read again', () =>
    rig.log.some(({ msg }) => msg === 'the symbol list can be read again'),
  );
  expect(await readiness()).toBe('ok');
});
