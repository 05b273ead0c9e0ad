/** Text that is HTML already. Only this module makes it. */
export interface Html {
  readonly html: string;
}

export type HtmlPart = Html | string | number | bigint | false | undefined | readonly HtmlPart[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (found) => escapes[found] as string) : text;

const render = (part: HtmlPart): string => {
  if (part === undefined || part === false) return '';
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(render).join('');
  return escapeHtml(String(part));
};

/**
 * A template whose every value is escaped, in texts and in quoted attributes; `false` and `undefined` are left out,
 * lists are joined.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlPart[]): Html => ({
  html: strings.reduce((text, string, at) => text + render(values[at - 1]) + string),
});

/** What is HTML already, such as what was made of the project's own documents. Never of anybody's words. */
export const madeHtml = (text: string): Html => ({ html: text });

/** Data for a script of the page, in a script element that is not run. */
export const jsonBlock = (id: string, data: unknown): Html => ({
  html: `<script type="application/json" id="${escapeHtml(id)}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
});
