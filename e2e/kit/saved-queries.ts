import { readFileSync } from 'node:fs';
import { projectRoot } from '@tickfolio/lib/kit/process';

/** Every statement that docs/use/archive.md gives analysts, and the one in its curl. */
export const savedQueries = (): string[] => {
  const page = readFileSync(`${projectRoot}docs/use/archive.md`, 'utf8');
  const blocks = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const curls = [...page.matchAll(/--data-binary "([^"]*)"/g)].map(([, query = '']) => query);
  const statements = blocks.flatMap((block) =>
    block
      .replace(/^--.*$/gm, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter(Boolean),
  );
  return [...curls, ...statements];
};
