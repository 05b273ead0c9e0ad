import { readConfig } from '@tickfolio/lib/config';
import { expect, it } from 'vitest';
import { standaloneConfig } from './config.js';
import { parts } from './parts.js';
import { topicsOf } from './run/topics.js';

const topicNames = async (env: NodeJS.ProcessEnv) =>
  (await topicsOf(parts, readConfig('tickfolio', standaloneConfig(env), env))).map(({ name }) => name).sort();

it('a run on a Kafka has every topic made that its services write or read, also where the archive reads another one', async () => {
  expect(await topicNames({})).toEqual(['binance.miniticker', 'binance.miniticker.dlq']);
  expect(await topicNames({ KAFKA_TOPIC: 'mine' })).toEqual(['binance.miniticker', 'mine', 'mine.dlq']);
});
