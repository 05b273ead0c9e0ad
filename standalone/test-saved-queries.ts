import { readFileSync } from 'node:fs';
import { projectRoot } from './test-process.js';

/** Every statement of the README's SQL, and the one in its curl. */
export const savedQueries = (): string[] => {
  const readme = readFileSync(`${projectRoot}README.md`, 'utf8');
  const blocks = [...readme.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const curls = [...readme.matchAll(/--data-binary "([^"]*)"/g)].map(([, query = '']) => query);
  const statements = blocks.flatMap((block) =>
    block
      .replace(/^--.*$/gm, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter(Boolean),
  );
  return [...curls, ...statements];
};
