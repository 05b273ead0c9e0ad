import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { freePort } from './free-port.js';
import { findKafkaJars, type KafkaVersion } from './kafka-jars.js';
import { type ServerProcess, startServerProcess } from './server-process.js';

export type { KafkaVersion } from './kafka-jars.js';

/** A real Apache Kafka broker of a test's own: one node in KRaft mode. */
export interface TestKafka extends ServerProcess {
  readonly version: KafkaVersion;
  /** As an event log wants it: one `host:port`. */
  readonly brokers: readonly string[];
}

const host = '127.0.0.1';
const startTimeoutMs = 60_000;
const pollMs = 50;
/**
 * Nearly all of a start is the loading of classes, which the optimising compiler would only slow down; the heap is
 * never filled.
 */
const javaOptions = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-Xmx256m'];
const clusterId = 'dGlja2ZvbGlvLXRlc3QtMQ';

const settingsOf = (folder: string, port: number, controllerPort: number) => ({
  'process.roles': 'broker,controller',
  'node.id': 1,
  listeners: `PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://${host}:${port}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  'controller.quorum.voters': `1@${host}:${controllerPort}`,
  'log.dirs': join(folder, 'data'),
  'offsets.topic.num.partitions': 1,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'auto.create.topics.enable': false,
  'group.initial.rebalance.delay.ms': 0,
  // So that a test need not wait 6 s for the group to notice a killed member.
  'group.min.session.timeout.ms': 500,
  // After a kill the controller waits for the old registration of this very broker to lapse.
  'broker.session.timeout.ms': 1_000,
  'broker.heartbeat.interval.ms': 200,
  'log.segment.bytes': 64 * 2 ** 20,
  'log.cleaner.enable': false,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 2,
});

const isAnswering = async (port: number): Promise<boolean> => {
  const admin = new Kafka({
    clientId: 'test-kafka',
    brokers: [`${host}:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false; // Not yet.
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

/** Makes a topic of three partitions whose messages, and batches of them, may have so many bytes. @returns its name */
export const makeSmallTopic = async (brokers: readonly string[], maxBytes: number): Promise<string> => {
  const topic = `small-${randomUUID()}`;
  const admin = new Kafka({ clientId: 'test-kafka', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const configEntries = [{ name: 'max.message.bytes', value: String(maxBytes) }];
    await admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries }] });
  } finally {
    await admin.disconnect();
  }
  return topic;
};

/**
 * Starts a broker of Apache Kafka with a new data folder on free ports. The jars come from Maven Central once per
 * version.
 * @returns undefined, with a line on standard error, where Java or the jars are not to be had; in CI (`CI` set) that is
 * an error.
 */
export const startTestKafka = async (version: KafkaVersion = '4.1.0'): Promise<TestKafka | undefined> => {
  const jars = await findKafkaJars(version);
  if ('missing' in jars) {
    const sentence = `${jars.missing}, so nothing was tested against real Apache Kafka ${version} here`;
    if (process.env.CI) throw new Error(sentence);
    process.stderr.write(`NOT COVERED: ${sentence}\n`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-kafka-'));
  const logFile = join(folder, 'log');
  const settingsFile = join(folder, 'server.properties');
  const java = (...given: string[]) => {
    const log = openSync(logFile, 'a');
    const child = spawn(
      'java',
      [...javaOptions, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', jars.classPath, ...given],
      {
        stdio: ['ignore', log, log],
        cwd: folder,
      },
    );
    closeSync(log);
    return child;
  };
  const lastWords = () => readFileSync(logFile, 'utf8').slice(-2_000);
  const prepare = async (): Promise<number> => {
    const [port, controllerPort] = await Promise.all([freePort(), freePort()]);
    rmSync(join(folder, 'data'), { recursive: true, force: true });
    const settings = Object.entries(settingsOf(folder, port, controllerPort)).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    writeFileSync(settingsFile, settings.join(''));
    const format = java('kafka.tools.StorageTool', 'format', '--ignore-formatted', '-t', clusterId, '-c', settingsFile);
    const code = await new Promise((resolve) => format.once('exit', resolve));
    if (code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${lastWords()}`);
    return port;
  };

  const server = await startServerProcess({
    name: 'Kafka',
    folder,
    prepare,
    spawn: () => java('kafka.Kafka', settingsFile),
    isAnswering,
    lastWords,
    startTimeoutMs,
    pollMs,
  });
  return { ...server, version, brokers: [`${host}:${server.port}`] };
};
