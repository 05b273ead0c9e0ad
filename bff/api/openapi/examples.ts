import { exampleOf } from '@tickfolio/api/examples';
import { problemKinds } from '@tickfolio/lib/http';

/** Of each status what is answered with it most: the reason, what it says, and which fields it names. */
const common: Readonly<Record<number, readonly [reason: string, detail: string, errors?: readonly object[]]>> = {
  400: [
    'invalid-argument',
    'The request is not valid: quantity is required.',
    [{ field: 'quantity', message: 'is required' }],
  ],
  401: ['unauthenticated', 'Send an access token: "Authorization: Bearer <accessToken>".'],
  403: ['permission-denied', 'Pages of https://elsewhere.example may not call this server.'],
  404: ['not-found', 'There is nothing of this name.'],
  409: ['failed-precondition', 'It conflicts with what is there; nothing was changed.'],
  413: ['payload-too-large', 'The body is larger than 16 KiB.'],
  415: ['unsupported-media-type', 'Send the body as application/json.'],
  422: ['unprocessable', 'The exchange does not list "nosuch".'],
  426: ['upgrade-required', '/api/v1/ws is a WebSocket: connect with a WebSocket client.'],
  429: ['resource-exhausted', 'Too many attempts from this address; please wait.'],
  503: ['unavailable', 'The database cannot be reached.'],
  504: ['deadline-exceeded', 'Portfolios did not answer in time, so it is not known whether this was done.'],
};

const problemExamples = Object.fromEntries(
  Object.entries(common).map(([status, [reason, detail, errors]]) => [
    reason,
    {
      summary: problemKinds.get(reason)?.title,
      value: {
        type: `/docs/errors/${reason}`,
        title: problemKinds.get(reason)?.title,
        status: Number(status),
        detail,
        code: `urn:tickfolio:problem:${reason}`,
        ...(errors && { errors }),
        requestId: '6b1f0c7e-2f5d-4c0e-9d0f-5b8c0a4f3e21',
      },
    },
  ]),
);

interface Content {
  readonly example?: unknown;
  readonly schema?: object;
}
interface Described {
  readonly content?: Readonly<Record<string, Content>>;
}

/** The form of all problems by its name, so that who makes a client of the document gets one type. */
const ofProblem = (status: string): object => {
  const [reason] = common[Number(status)] ?? [];
  return {
    schema: { $ref: '#/components/schemas/Problem' },
    ...(reason && { examples: { [reason]: { $ref: `#/components/examples/${reason}` } } }),
  };
};

const withExample = (content: Content): object => {
  // Given for the whole body where what is required alone is none.
  const example = content.example ?? (content.schema && exampleOf(content.schema));
  return example === undefined ? content : { ...content, example };
};

const described = (one: Described, status: string): object => ({
  ...one,
  ...(one.content && {
    content: Object.fromEntries(
      Object.entries(one.content).map(([type, content]) => [
        type,
        type === 'application/problem+json' ? ofProblem(status) : withExample(content),
      ]),
    ),
  }),
});

interface Operation {
  readonly security?: readonly object[];
  readonly requestBody?: Described;
  readonly responses?: Readonly<Record<string, Described>>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const mapped = <From, To>(from: Readonly<Record<string, From>>, to: (one: From, name: string) => To) =>
  Object.fromEntries(Object.entries(from).map(([name, one]) => [name, to(one, name)]));

/** The paths, each body and each answer with an example of it; and the examples that they name. */
export const withExamples = (paths: object): { readonly paths: object; readonly examples: object } => ({
  paths: mapped(JSON.parse(JSON.stringify(paths)) as Paths, (methods) =>
    mapped(methods, ({ requestBody, responses = {}, security = [], ...operation }) => ({
      ...operation,
      // Said also of what needs none.
      security,
      ...(requestBody && { requestBody: described(requestBody, '') }),
      responses: mapped(responses, described),
    })),
  ),
  examples: problemExamples,
});
