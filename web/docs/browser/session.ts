import { need, urlOf } from './place.js';

/** The access token of who signed in on this page, in this tab's memory alone. */
let token: string | undefined;

export const accessToken = (): string | undefined => token;

interface Answer {
  readonly status: number;
  readonly body: {
    readonly accessToken?: string;
    readonly detail?: string;
    readonly secondFactor?: { readonly ticket: string };
  };
}

/** Which only a page of the server's own can send; a proxy may have rewritten the rest that says so. */
export const ofOwnPage = { 'x-requested-with': 'tickfolio' };

const post = async (path: string, body?: object): Promise<Answer> => {
  const headers = { ...ofOwnPage, ...(body && { 'content-type': 'application/json' }) };
  const sent = body && { body: JSON.stringify(body) };
  const answer = await fetch(urlOf(`api/v1/auth/${path}`), { method: 'POST', headers, ...sent });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
};

/** Who is named in a token, and until when it is good. */
const claimsOf = (text: string): { readonly name?: string; readonly exp?: number } => {
  const part = (text.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(part), (sign) => sign.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as { name?: string; exp?: number };
};

/** Lets who reads the page sign in, where the page has a place for it. */
export const offerSignIn = (): void => {
  const panel = document.querySelector<HTMLElement>('.sign-in');
  if (!panel) return;
  panel.hidden = false;
  const form = need<HTMLFormElement>('.with-password', panel);
  const codeForm = need<HTMLFormElement>('.with-code', panel);
  const signedIn = need<HTMLElement>('.signed-in', panel);
  const said = need<HTMLElement>('.said', panel);
  const field = (of: HTMLFormElement, name: string) => need<HTMLInputElement>(`[name=${name}]`, of);
  let ticket = '';
  const copyToken = need<HTMLElement>('.copy-token', signedIn);
  copyToken.hidden = !navigator.clipboard;

  const show = () => {
    signedIn.hidden = token === undefined;
    form.hidden = token !== undefined || ticket !== '';
    codeForm.hidden = token !== undefined || ticket === '';
    if (token === undefined) return;
    const { name = '', exp = 0 } = claimsOf(token);
    const until = new Date(exp * 1_000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
    need('strong', signedIn).textContent = `Signed in as ${name}; the token is good until ${until}.`;
  };
  const take = async (asking: Promise<Answer>, refused: string) => {
    said.textContent = 'One moment …';
    try {
      const { status, body } = await asking;
      token = body.accessToken;
      ticket = body.secondFactor?.ticket ?? (status === 401 ? ticket : '');
      said.textContent = token || body.secondFactor ? '' : (body.detail ?? refused);
    } catch {
      said.textContent = 'The server cannot be reached.';
    }
    show();
    const next = token
      ? copyToken.hidden
        ? need<HTMLElement>('.forget', signedIn)
        : copyToken
      : ticket
        ? field(codeForm, 'code')
        : undefined;
    next?.focus();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const [name, password] = [field(form, 'name').value, field(form, 'password').value];
    void take(post('login', { name, password }), 'The sign-in was refused.').then(() => {
      field(form, 'password').value = '';
    });
  });
  codeForm.addEventListener('submit', (event) => {
    event.preventDefault();
    const code = field(codeForm, 'code').value.trim();
    const kind = /^\d{6}$/.test(code) ? 'totp' : 'recovery-code';
    void take(post('second-factor', { ticket, kind, code }), 'The code was refused.');
  });
  need('.from-browser', form).addEventListener('click', () => {
    void take(post('refresh'), 'This browser has no session.');
  });
  copyToken.addEventListener('click', () => {
    navigator.clipboard.writeText(token ?? '').then(
      () => {
        said.textContent = 'Copied.';
      },
      () => {
        said.textContent = 'The browser did not allow that.';
      },
    );
  });
  need('.forget', signedIn).addEventListener('click', () => {
    token = undefined;
    ticket = '';
    said.textContent = 'Forgotten here. The browser stays signed in; sign out on the page.';
    show();
  });
  show();
};
