import { home } from './place.js';
import { accessToken } from './session.js';

/** What samples are written with, where the page was not opened yet. */
const written = 'http://localhost:8080';
const server = home.href.replace(/\/$/, '');

/** A sample with the token of who signed in, where it asks for one. */
const filled = (code: string): string => {
  const token = accessToken();
  return token ? code.replaceAll(/\$TOKEN|ACCESS_TOKEN/g, token) : code;
};

/** Shows one language at a time, the same in all samples. */
const choose = (language: string): void => {
  for (const one of document.querySelectorAll<HTMLElement>('[data-sample]')) {
    one.hidden = one.dataset.sample !== language;
  }
  for (const button of document.querySelectorAll<HTMLElement>('[data-choose]')) {
    button.setAttribute('aria-pressed', String(button.dataset.choose === language));
  }
};

const button = (label: string, act: (pressed: HTMLButtonElement) => void): HTMLButtonElement => {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', () => act(made));
  return made;
};

/** Writes this server into all code, and gives it a button to copy it; samples get a choice of language. */
export const finishCode = (): void => {
  for (const block of document.querySelectorAll<HTMLElement>('pre.code[data-language] code')) {
    const { parentElement: pre } = block;
    block.textContent = (block.textContent ?? '')
      .replaceAll(written, server)
      .replaceAll('ws://localhost:8080', server.replace(/^http/, 'ws'));
    if (!pre) continue;
    const copy = button('Copy', (pressed) => {
      navigator.clipboard.writeText(filled(block.textContent ?? '')).then(
        () => {
          pressed.textContent = 'Copied';
        },
        () => {
          pressed.textContent = 'Not copied';
        },
      );
    });
    copy.addEventListener('blur', () => {
      copy.textContent = 'Copy';
    });
    copy.className = 'copy';
    const box = document.createElement('div');
    box.className = 'code-box';
    pre.replaceWith(box);
    // Not there where the browser lets no page copy, as at a plain http address in a house.
    box.append(pre, ...(navigator.clipboard ? [copy] : []));
  }
  for (const samples of document.querySelectorAll<HTMLElement>('.samples')) {
    const names = [...samples.querySelectorAll<HTMLElement>('[data-sample]')].map(
      ({ dataset }) => dataset.sample ?? '',
    );
    const choice = document.createElement('p');
    choice.className = 'choice';
    for (const name of names) {
      const one = button(name, () => choose(name));
      one.dataset.choose = name;
      choice.append(one);
    }
    samples.prepend(choice);
    samples.dataset.chosen = '';
  }
  choose('curl');
};
