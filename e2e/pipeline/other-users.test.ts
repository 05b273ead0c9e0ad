import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startAccountStack } from '../kit/account-stack.js';
import { callJson, signUp, type TestPerson } from '../kit/client.js';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema?: { readonly format?: string };
}
interface Operation {
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema: Schema; readonly example?: Readonly<Record<string, unknown>> }>
    >;
  };
}
interface Place {
  readonly at: string;
  readonly method: string;
  /** @param shareId of a link to the portfolio, where one is named too */
  readonly pathOf: (id: string, shareId?: string) => string;
  readonly bodyOf: (id: string) => Readonly<Record<string, unknown>> | undefined;
}

let stack: Awaited<ReturnType<typeof startAccountStack>>;
let base = '';
let owner: TestPerson;
let other: TestPerson;
beforeAll(async () => {
  stack = await startAccountStack(systemClock);
  base = `http://127.0.0.1:${stack.port}`;
  owner = await signUp(base);
  other = await signUp(base);
});
afterAll(() => stack?.close());

/** What a field that names a portfolio has as its example, in the operations on portfolios. */
const isExample = (text: unknown) =>
  text === 'default' || (typeof text === 'string' && /^0199a3c2-7d10-7000-8000-00000000000\d$/.test(text));
const namesOne = (name: string, example: unknown, { tags }: Operation) =>
  /portfolio/i.test(name) || (tags.includes('portfolios') && name !== 'shareId' && isExample(example));

const quarterMs = 15 * 60_000;
/** A moment of lately, as some calls want it: a full quarter of an hour. */
const lately = () => new Date(Math.floor(Date.now() / quarterMs) * quarterMs).toISOString();
/** What has to be said in an address besides. */
const besides = (parameters: readonly Parameter[], name: string): string =>
  parameters
    .filter((one) => one.in === 'query' && one.required === true && one.name !== name)
    .map((one) => `&${one.name}=${one.schema?.format === 'date-time' ? lately() : String(one.example)}`)
    .join('');

/** Every place of the REST interface where a portfolio is named: of its description, so a new one is among them. */
const places = async (): Promise<readonly Place[]> => {
  const { body } = await callJson(base, 'GET', '/openapi.json');
  const paths = body.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]): readonly Place[] => {
      const { parameters = [], requestBody } = operation;
      const { schema, example } = requestBody?.content['application/json'] ?? {};
      const filled = (given: Readonly<Record<string, string | undefined>>) =>
        parameters
          .filter((one) => one.in === 'path')
          .reduce((made, one) => made.replace(`{${one.name}}`, given[one.name] ?? String(one.example)), path);
      const common = { at: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), bodyOf: () => example };
      const inAddress = parameters
        .filter((one) => ['path', 'query'].includes(one.in) && namesOne(one.name, one.example, operation))
        .map(({ name, in: where }) => ({
          ...common,
          pathOf: (id: string, shareId?: string) =>
            where === 'path'
              ? filled({ shareId, [name]: id })
              : `${filled({})}?${name}=${id}${besides(parameters, name)}`,
        }));
      const ownOnes = Object.fromEntries(
        ['from', 'to'].filter((name) => schema?.properties?.[name]).map((name) => [name, 'default']),
      );
      const inBody = Object.entries(schema?.properties ?? {})
        .filter(([name, of]) => of.type === 'string' && namesOne(name, of.examples?.[0], operation))
        .map(([name]) => ({
          ...common,
          at: `${common.at} ${name}`,
          pathOf: () => filled({}),
          bodyOf: (id: string) => ({ ...example, ...ownOnes, [name]: id }),
        }));
      return [...inAddress, ...inBody];
    }),
  );
};

/** Once more where a busy machine took too long for it, under the same key. */
const patiently = async (person: TestPerson, method: string, path: string, body: object | undefined) => {
  const key = { 'idempotency-key': randomUUID() };
  return eventually('an answer', async () => {
    const answer = await person.call(method, path, body, key);
    return answer.status < 500 && answer;
  });
};
const newPortfolio = async (person: TestPerson): Promise<string> => {
  const made = await patiently(person, 'POST', '/api/v1/portfolios', { name: `Mine ${randomUUID()}`, kind: 'paper' });
  expect(made.status).toBe(201);
  return String(made.body.id);
};
const newLink = async (person: TestPerson, id: string): Promise<string> => {
  const made = await patiently(person, 'POST', `/api/v1/portfolios/${id}/shares`, {});
  expect(made.status).toBe(201);
  return String(made.body.id);
};
const ask = async (person: TestPerson, { method, pathOf, bodyOf }: Place, id: string, shareId?: string) => {
  const answer = await patiently(person, method, pathOf(id, shareId), bodyOf(id));
  const { requestId: _, instance: __, ...said } = answer.body;
  return { status: answer.status, said };
};

it("another user's portfolio is 404 wherever one can be named over REST, as if it were not there", async () => {
  const found = await places();
  expect(found.map(({ at }) => at)).toEqual(
    expect.arrayContaining([
      ...['GET', 'PATCH', 'DELETE'].map((method) => `${method} /api/v1/portfolios/{id}`),
      'GET /api/v1/portfolios/{id}/balances',
      'POST /api/v1/portfolios/{id}/fund',
      'POST /api/v1/transfers from',
      'POST /api/v1/transfers to',
    ]),
  );
  for (const place of found) {
    const id = await newPortfolio(owner);
    const seen = async () => {
      const all = await Promise.all(
        [`/${id}`, `/${id}/balances`].map((rest) => patiently(owner, 'GET', `/api/v1/portfolios${rest}`, undefined)),
      );
      return all.map(({ status, body: { asOf: _, ...body } }) => ({ status, body }));
    };
    const before = await seen();
    const link = place.at.includes('{shareId}') ? await newLink(owner, id) : undefined;
    const missing = await ask(other, place, randomUUID(), link);
    const foreign = await ask(other, place, id, link);
    expect([place.at, foreign.status]).toEqual([place.at, 404]);
    expect([place.at, foreign]).toEqual([place.at, missing]);
    expect(await seen()).toEqual(before);
    expect([place.at, (await ask(owner, place, id, link)).status]).not.toEqual([place.at, 404]);
  }
});

it("another user's portfolio is refused wherever one can be named over the WebSocket, as if it were not there", async () => {
  const { body } = await callJson(base, 'GET', '/asyncapi.json');
  const { messages } = body.components as { readonly messages: Readonly<Record<string, { readonly payload: Schema }>> };
  const named = Object.entries(messages).flatMap(
    ([
      message,
      {
        payload: { properties = {} },
      },
    ]) => {
      const type = properties.type?.const; // Of what clients send; the server's begin with a capital.
      const fields = Object.keys(properties).filter((name) => /portfolio/i.test(name));
      return typeof type === 'string' ? fields.map((field) => ({ message, type, field })) : [];
    },
  );
  expect(named).toContainEqual({ message: 'view', type: 'view', field: 'portfolioId' });
  const id = await newPortfolio(owner);
  const talk = async (person: TestPerson) => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/ws`, {
      headers: { authorization: `Bearer ${person.token()}` },
    });
    const heard: Record<string, unknown>[] = [];
    socket.on('message', (data) => heard.push(JSON.parse(String(data)) as Record<string, unknown>));
    await eventually('the first frame', () => heard.length > 0);
    return {
      /** The answer: a refusal, or the first frame of that portfolio. */
      say: async (message: object) => {
        const from = heard.length;
        socket.send(JSON.stringify(message));
        const isAnswer = ({ Type, PortfolioID }: Record<string, unknown>) =>
          Type === 'error' || PortfolioID !== undefined;
        return eventually('an answer', () => heard.slice(from).find(isAnswer));
      },
      close: () => socket.terminate(),
    };
  };
  const [stranger, holder] = [await talk(other), await talk(owner)];
  for (const { type, field } of named) {
    const missing = await stranger.say({ type, [field]: randomUUID() });
    const foreign = await stranger.say({ type, [field]: id });
    expect(foreign).toMatchObject({ Type: 'error' });
    expect(foreign).toEqual(missing);
    expect(await holder.say({ type, [field]: id })).toMatchObject({ PortfolioID: id });
  }
  stranger.close();
  holder.close();
});
