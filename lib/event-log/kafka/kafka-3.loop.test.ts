import { afterAll } from 'vitest';
import { startTestKafka } from '../../kit/kafka.js';
import { kafkaContract } from './kafka.contract.js';

const server = await startTestKafka('3.9.1');
afterAll(() => server?.close());
if (server) kafkaContract(server);
