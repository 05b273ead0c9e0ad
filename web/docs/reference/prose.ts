import { type Html, html, madeHtml } from '@tickfolio/lib/look/html';

/** A sentence of a description, in which names stand between backticks. */
export const prose = (words: string): Html =>
  madeHtml(
    html`${words}`.html.replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>'),
  );

/** Paragraphs of it. */
export const paragraphs = (words: string): readonly Html[] =>
  words.split(/\n\s*\n/).map((paragraph) => html`<p>${prose(paragraph)}</p>`);

/** JSON for people. */
export const jsonText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

export const codeBlock = (language: string, code: string): Html =>
  html`<pre class="code" tabindex="0" data-language="${language}"><code>${code}</code></pre>`;
