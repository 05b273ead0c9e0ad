import { createServer } from 'node:http';

/** A span as a collector gets it, with its numbers and attributes made readable. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly links: readonly string[];
}

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly boolValue?: boolean;
  readonly doubleValue?: number;
}
type WireAttributes = readonly { readonly key: string; readonly value: WireValue }[];
interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: WireAttributes;
  readonly status?: { readonly code?: number };
  readonly links?: readonly { readonly traceId: string }[];
}
interface WireBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: WireAttributes };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const read = (attributes: WireAttributes = []): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

const spansIn = ({ resourceSpans }: WireBody): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        service: String(read(resource.attributes)['service.name']),
        name: span.name,
        kind: kinds[span.kind] ?? 'internal',
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        attributes: read(span.attributes),
        failed: span.status?.code === 2,
        links: (span.links ?? []).map(({ traceId }) => traceId),
      })),
  );

/** A collector that takes OTLP over HTTP as JSON, for tests. */
export interface TestCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  readonly spans: CollectedSpan[];
  /** Every body as it came. */
  text(): string;
  close(): Promise<void>;
}

export const startTestCollector = async (): Promise<TestCollector> => {
  const spans: CollectedSpan[] = [];
  let all = '';
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      all += body;
      if (request.url === '/v1/traces') spans.push(...spansIn(JSON.parse(body) as WireBody));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    text: () => all,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
