import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export type KafkaVersion = '4.1.0' | '3.9.1';

const run = promisify(execFile);
const downloadMs = 300_000;
const pollMs = 100;

/** Kafka without its logging backend, and one that writes to standard error in its place. */
const pomOf = (version: KafkaVersion) => {
  const dependency = (artifact: string) => `
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${version}</version>
      <exclusions><exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId></exclusion></exclusions>
    </dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tickfolio</groupId><artifactId>test-kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>${dependency('kafka_2.13')}${dependency('kafka-tools')}
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
};

const missingProgram = async (program: string, versionFlag: string): Promise<boolean> =>
  run(program, [versionFlag]).then(
    () => false,
    () => true,
  );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (err) {
    return (err as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Runs `work` while no other process does: Maven's own store does not stand two at once. */
const alone = async (lockFile: string, work: () => Promise<void>): Promise<void> => {
  const untilMs = performance.now() + downloadMs;
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      break;
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'EEXIST' || performance.now() > untilMs) throw err;
    }
    const holder = existsSync(lockFile) ? Number(readFileSync(lockFile, 'utf8')) : 0;
    if (holder > 0 && !isAlive(holder)) rmSync(lockFile, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
};

/** The class path of a Kafka version, fetched with Maven when it is not here yet, or what is missing for that. */
export const findKafkaJars = async (
  version: KafkaVersion,
): Promise<{ readonly classPath: string } | { readonly missing: string }> => {
  if (await missingProgram('java', '-version'))
    return { missing: 'java is not installed (Debian: apt-get install default-jre-headless)' };
  const packages = dirname(dirname(createRequire(import.meta.url).resolve('kafkajs/package.json')));
  const cache = join(packages, '.cache', 'tickfolio');
  const folder = join(cache, `kafka-${version}`);
  const found = { classPath: join(folder, '*') };
  if (existsSync(folder)) return found;
  if (await missingProgram('mvn', '-version'))
    return { missing: 'mvn is not installed (Debian: apt-get install maven)' };
  mkdirSync(cache, { recursive: true });
  try {
    await alone(join(cache, `kafka-${version}.lock`), async () => {
      if (existsSync(folder)) return;
      const fresh = join(cache, `kafka-${version}.${process.pid}`);
      const pom = `${fresh}.xml`;
      writeFileSync(pom, pomOf(version));
      const wanted = [
        '-q',
        '-B',
        '-f',
        pom,
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${fresh}`,
      ];
      try {
        await run('mvn', wanted, { timeout: downloadMs });
        // The name appears only when every jar is there.
        renameSync(fresh, folder);
      } finally {
        rmSync(fresh, { recursive: true, force: true });
        rmSync(pom, { force: true });
      }
    });
  } catch (err) {
    return {
      missing: `the jars could not be fetched with Maven (${err instanceof Error ? err.message.split('\n')[0] : String(err)})`,
    };
  }
  return found;
};
