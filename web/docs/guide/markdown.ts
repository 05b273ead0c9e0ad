import { type Html, html, madeHtml } from '@tickfolio/lib/look/html';
import { Marked, type Token, type Tokens } from 'marked';
import { linkFrom } from '../site/site-page.js';
import { addressOf, anchorOf, linkedFile } from './guide-addresses.js';

/** A heading and what stands under it. */
export interface Section {
  readonly title: string;
  readonly anchor: string;
  readonly depth: number;
  readonly text: string;
}

export interface Document {
  readonly title: string;
  readonly main: Html;
  readonly sections: readonly Section[];
  /** Files of the project that it links or shows. */
  readonly linked: readonly string[];
}

/** The words of a piece of Markdown, without its signs. */
const wordsOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => {
      const inner = (token as { readonly tokens?: readonly Token[] }).tokens;
      if (token.type === 'table') return rowsOf(token as Tokens.Table);
      if (token.type === 'list') return (token as Tokens.List).items.map((item) => wordsOf(item.tokens)).join(' ');
      if (inner) return wordsOf(inner);
      return token.type === 'html' ? ' ' : ((token as { readonly text?: string }).text ?? ' ');
    })
    .join('');
const rowsOf = ({ header, rows }: Tokens.Table): string =>
  [header, ...rows].map((row) => row.map(({ tokens }) => wordsOf(tokens)).join(' ')).join(' ');

/** Headings with what is said under each; the first is the page's own. */
const sectionsOf = (tokens: readonly Token[], anchors: ReadonlyMap<Token, string>): Section[] => {
  const sections: { title: string; anchor: string; depth: number; text: string }[] = [];
  for (const token of tokens) {
    if (token.type === 'heading') {
      const { tokens: inner, depth } = token as Tokens.Heading;
      sections.push({ title: wordsOf(inner), anchor: anchors.get(token) ?? '', depth, text: '' });
    } else {
      const last = sections.at(-1);
      if (last) last.text += `${wordsOf([token])} `;
    }
  }
  return sections;
};

const anchorsOf = (tokens: readonly Token[]): ReadonlyMap<Token, string> => {
  const seen = new Map<string, number>();
  const anchors = new Map<Token, string>();
  for (const token of tokens.filter(({ type }) => type === 'heading')) {
    const anchor = anchorOf(wordsOf((token as Tokens.Heading).tokens));
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    anchors.set(token, before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
};

const ownRun = 'http://localhost:8080/';

/** Makes a page of a document. @param path of the document, from the project's root */
export const readDocument = (path: string, text: string): Document => {
  const from = addressOf(path);
  const linked = new Set<string>();
  const linkTo = (target: string): string => {
    // A run as the documents name it is the server that shows them.
    if (target.startsWith(ownRun)) return linkFrom(from, target.slice(ownRun.length));
    const file = linkedFile(path, target);
    if (!file) return target;
    if (file.path !== path) linked.add(file.path);
    const anchor = file.anchor === '' ? '' : `#${file.anchor}`;
    return file.path === path && anchor !== '' ? anchor : linkFrom(from, addressOf(file.path)) + anchor;
  };
  const marked = new Marked({ gfm: true });
  const tokens = marked.lexer(text);
  const anchors = anchorsOf(tokens);
  marked.use({
    renderer: {
      heading(token) {
        const inner = madeHtml(this.parser.parseInline(token.tokens));
        const anchor = anchors.get(token);
        const open = madeHtml(`<h${token.depth}`);
        return html`${open} id="${anchor}">${inner}${madeHtml(`</h${token.depth}>`)}\n`.html;
      },
      link({ href, tokens: inner }) {
        return html`<a href="${linkTo(href)}">${madeHtml(this.parser.parseInline(inner))}</a>`.html;
      },
      image({ href, text: words }) {
        return html`<img src="${linkTo(href)}" alt="${words}" loading="lazy" />`.html;
      },
      html({ text: written }) {
        // Pictures of two themes, which Markdown has no words for.
        return written.replace(
          / (src|srcset)="([^"]+)"/g,
          (_mark, name: string, target: string) => html` ${name}="${linkTo(target)}"`.html,
        );
      },
      code({ text: code, lang = '' }) {
        return html`<pre class="code" tabindex="0" data-language="${lang}"><code>${code}</code></pre>\n`.html;
      },
      table(token) {
        const row = (cells: readonly Tokens.TableCell[], tag: 'td' | 'th'): Html =>
          html`<tr>${cells.map((cell) => madeHtml(`<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`))}</tr>\n`;
        const body = token.rows.map((cells) => row(cells, 'td'));
        return html`<div class="table" tabindex="0" role="group" aria-label="${token.header.map(({ text: name }) => name).join(', ') || 'Table'}"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`
          .html;
      },
    },
  });
  const main = madeHtml(marked.parser(tokens));
  const sections = sectionsOf(tokens, anchors);
  return { title: sections[0]?.title ?? path, main, sections, linked: [...linked] };
};

/** A file of the project that is no document, as a page. */
export const readFile = (path: string, text: string): Document => ({
  title: path,
  main: html`<h1>${path}</h1><pre class="code" tabindex="0"><code>${text}</code></pre>`,
  sections: [{ title: path, anchor: '', depth: 1, text: '' }],
  linked: [],
});

/** The links of a document's lists by its second headings: what the guide has at its left. */
export const listsOf = (
  path: string,
  text: string,
): readonly { title: string; links: readonly [string, string][] }[] => {
  const groups: { title: string; links: [string, string][] }[] = [];
  const visit = (token: Token): void => {
    const { type, tokens = [], items = [] } = token as Token & { tokens?: Token[]; items?: Token[] };
    if (type === 'heading' && (token as Tokens.Heading).depth === 2) groups.push({ title: wordsOf(tokens), links: [] });
    if (type === 'link') {
      const { href, tokens: inner } = token as Tokens.Link;
      const file = linkedFile(path, href);
      if (file && file.anchor === '') groups.at(-1)?.links.push([wordsOf(inner), file.path]);
    }
    for (const inner of [...tokens, ...items]) visit(inner);
  };
  for (const token of new Marked().lexer(text)) visit(token);
  return groups;
};
