import type { BffModule } from '../../module.js';

const operations = {
  tag: 'operations',
  about: 'For who runs the server: whether it answers, whether it can do its work, and figures for Prometheus.',
};

export interface DescribedTag {
  readonly name: string;
  readonly description: string;
}

/** The groups of the description, and what each is about. @throws Error for a group that no domain says anything of */
export const describedTags = (modules: readonly Pick<BffModule, 'tag' | 'about'>[]): DescribedTag[] => {
  const all = [...modules, operations];
  return [...new Set(all.map(({ tag }) => tag))].map((name) => {
    const description = all.find(({ tag, about }) => tag === name && about !== undefined)?.about;
    if (description === undefined) throw new Error(`No domain says what ${name} is about.`);
    return { name, description };
  });
};
