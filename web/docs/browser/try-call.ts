import { need, urlOf } from './place.js';
import { accessToken, ofOwnPage } from './session.js';

/** An answer may be long; more than this is of no use on a page, in characters. */
const maxShown = 20_000;

const shownBody = (text: string): string => {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // No JSON: shown as it came.
  }
  return shown.length > maxShown ? `${shown.slice(0, maxShown)}\n… ${shown.length - maxShown} characters more` : shown;
};

const requestOf = (form: HTMLFormElement): Request => {
  let path = form.dataset.path ?? '';
  const query = new URLSearchParams();
  const headers = new Headers(ofOwnPage);
  for (const { name, value, dataset } of form.querySelectorAll<HTMLInputElement>('[data-in]')) {
    if (dataset.in === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '' && dataset.in === 'query') query.set(name, value);
    else if (value !== '') headers.set(name, value);
  }
  const body = form.querySelector<HTMLTextAreaElement>('[name=body]')?.value;
  if (body !== undefined) headers.set('content-type', 'application/json');
  const token = accessToken();
  if (token && form.dataset.needs === 'token') headers.set('authorization', `Bearer ${token}`);
  const address = path.replace(/^\//, '') + (query.size > 0 ? `?${query}` : '');
  return new Request(urlOf(address), {
    method: form.dataset.method ?? 'GET',
    headers,
    ...(body !== undefined && { body }),
  });
};

const send = async (form: HTMLFormElement): Promise<void> => {
  const said = need<HTMLElement>('.sent', form);
  const answered = need<HTMLElement>('.answered', form);
  if (form.dataset.needs === 'token' && !accessToken()) {
    said.textContent = 'Sign in at the top of this page first.';
    return;
  }
  said.textContent = 'Sending …';
  try {
    const answer = await fetch(requestOf(form));
    need('code', answered).textContent = shownBody(await answer.text());
    said.textContent = `${answer.status} ${answer.statusText}`;
    answered.hidden = false;
  } catch {
    said.textContent = 'The server cannot be reached, or the request is not one that a browser sends.';
  }
};

export const offerTrying = (): void => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form.try')) {
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(form);
    });
  }
};
