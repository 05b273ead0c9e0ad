import { outlineOf, type SideGroup, type SitePage, sideOf } from '../site/site-page.js';
import { addressOf, isPicture } from './guide-addresses.js';
import { type Document, listsOf, readDocument, readFile } from './markdown.js';

/** The index of the documents, whose lists are what stands at the left of each page. */
const index = 'docs/README.md';
/** From where all others are reached. */
const starts = [index, 'README.md'];

export interface Guide {
  readonly pages: readonly SitePage[];
  /** Pictures that documents show, by their paths in the project, with their addresses. */
  readonly pictures: ReadonlyMap<string, string>;
}

const reach = (read: (path: string) => string) => {
  const documents = new Map<string, Document>();
  const pictures = new Map<string, string>();
  const waiting = [...starts];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (documents.has(path)) continue;
    if (isPicture(path)) pictures.set(path, addressOf(path));
    if (isPicture(path) || /^api\/\w+\.json$/.test(path)) continue;
    const document = (path.endsWith('.md') ? readDocument : readFile)(path, read(path));
    documents.set(path, document);
    waiting.push(...document.linked);
  }
  return { documents, pictures };
};

const pageOf = (path: string, document: Document, groups: readonly SideGroup[]): SitePage => {
  const address = addressOf(path);
  const { title, main, sections } = document;
  const outline = outlineOf(sections.filter(({ depth }) => depth === 2 || depth === 3));
  return {
    address,
    title,
    main,
    side: sideOf('Guide', address, groups),
    ...(outline && { outline }),
    entries: sections.map(({ title: name, anchor, depth, text }) => ({
      title: name,
      within: depth === 1 ? '' : title,
      address: depth === 1 || anchor === '' ? address : `${address}#${anchor}`,
      text: text.replace(/\s+/g, ' ').trim(),
    })),
  };
};

/**
 * Every document that is reached from the index or the README, as a page.
 * @param read a file of the project, by its path from the root. @throws Error where one is linked that is not there
 */
export const guidePages = (read: (path: string) => string): Guide => {
  const { documents, pictures } = reach(read);
  const groups = listsOf(index, read(index)).map(({ title, links }) => ({
    title,
    links: links.map(([label, path]) => ({ label, address: addressOf(path) })),
  }));
  return { pages: [...documents].map(([path, document]) => pageOf(path, document, groups)), pictures };
};
