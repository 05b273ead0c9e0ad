import MiniSearch from 'minisearch';
import { need, urlOf } from './place.js';

interface Entry {
  readonly title: string;
  readonly within: string;
  readonly address: string;
  readonly text: string;
}

const maxFound = 12;

const load = async (): Promise<(words: string) => readonly Entry[]> => {
  const answer = await fetch(urlOf('docs/search.json'));
  if (!answer.ok) throw new Error(`search.json answered ${answer.status}`);
  const entries = (await answer.json()) as readonly Entry[];
  const index = new MiniSearch<Entry & { readonly id: number }>({
    fields: ['title', 'within', 'text'],
    searchOptions: { boost: { title: 4, within: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
  });
  index.addAll(entries.map((entry, id) => ({ ...entry, id })));
  return (words) =>
    index
      .search(words)
      .flatMap(({ id }) => entries[id as number] ?? [])
      .slice(0, maxFound);
};

/** What stands around the first of the words. */
const excerptOf = (text: string, words: string): string => {
  const [first = ''] = words.toLowerCase().split(/\s+/);
  const at = Math.max(0, text.toLowerCase().indexOf(first) - 40);
  return (at > 0 ? '… ' : '') + text.slice(at, at + 130) + (text.length > at + 130 ? ' …' : '');
};

const part = (tag: string, text: string, name = ''): HTMLElement => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
};

const rowOf = ({ title, within, address, text }: Entry, words: string): HTMLElement => {
  const link = document.createElement('a');
  link.href = urlOf(address).href;
  link.append(part('strong', title), part('span', within, 'within'), part('span', excerptOf(text, words), 'excerpt'));
  const row = document.createElement('li');
  row.append(link);
  return row;
};

export const offerSearch = (): void => {
  const form = need<HTMLFormElement>('form.search');
  const input = need<HTMLInputElement>('input', form);
  const found = need<HTMLElement>('.found', form);
  form.hidden = false;
  let loading: ReturnType<typeof load> | undefined;
  const index = () => {
    loading ??= load();
    // Where it could not be had, the next word asks for it again.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  const look = async () => {
    const words = input.value.trim();
    found.hidden = words === '';
    if (words === '') return;
    try {
      const search = await index();
      if (words !== input.value.trim()) return; // Typed on meanwhile.
      const rows = search(words).map((entry) => rowOf(entry, words));
      const list = document.createElement('ul');
      list.append(...rows);
      found.replaceChildren(rows.length > 0 ? list : part('p', `Nothing is found for “${words}”.`));
    } catch {
      found.replaceChildren(part('p', 'The search cannot be loaded now.'));
    }
  };
  input.addEventListener('focus', () => void index().catch(() => undefined));
  input.addEventListener('input', () => void look());
  const links = () => [...found.querySelectorAll<HTMLAnchorElement>('a')];
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    links()[0]?.click();
  });
  form.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('.found a')) found.hidden = true;
  });
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && form.contains(relatedTarget))) found.hidden = true;
  });
  form.addEventListener('keydown', (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === 'Escape') {
      found.hidden = true;
      input.focus();
    } else if (event.key === 'ArrowDown') all[at + 1]?.focus();
    else if (event.key === 'ArrowUp') (all[at - 1] ?? input).focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    const { target, key } = event;
    const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select');
    if (key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
};
