export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: Headers;
}

const callMs = 15_000;

/** One HTTP call; a JSON object in the answer is parsed. @throws when there is no answer */
export const call = async (
  url: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> => {
  const { method = 'GET', body, headers = {} } = options;
  const answer = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(callMs),
  });
  const text = await answer.text();
  const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: answer.status, body: parsed, text, headers: answer.headers };
};

/** Somebody who uses the stack over REST as docs/api has it. */
export interface Person {
  readonly name: string;
  readonly token: () => string;
  register(): Promise<Answer>;
  /** Takes the access token of a good answer. */
  login(): Promise<Answer>;
  profile(): Promise<Answer>;
  addCoin(symbol: string, quantity: string): Promise<Answer>;
}

/** @param base the BFF, `http://host:port` */
export const createPerson = (base: string, name: string, password: string): Person => {
  let token = '';
  const api = `${base}/api/v1`;
  const authorized = () => ({ authorization: `Bearer ${token}` });
  return {
    name,
    token: () => token,
    register: () => call(`${api}/auth/register`, { method: 'POST', body: { name, password } }),
    login: async () => {
      const answer = await call(`${api}/auth/login`, { method: 'POST', body: { name, password } });
      if (answer.status === 200) token = String(answer.body.accessToken);
      return answer;
    },
    profile: () => call(`${api}/profile`, { headers: authorized() }),
    addCoin: (symbol, quantity) =>
      call(`${api}/profile/coins`, { method: 'POST', body: { symbol, quantity }, headers: authorized() }),
  };
};
