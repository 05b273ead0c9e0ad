import { afterAll } from 'vitest';
import { kafkaContract } from './kafka.contract.js';
import { startTestKafka } from './test-kafka.js';

const server = await startTestKafka('3.9.1');
afterAll(() => server?.close());
if (server) kafkaContract(server);
