import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const Attributes = z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })).default([]);
const Batch = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: Attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span as the collector received it. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An OpenTelemetry collector that only receives: OTLP over HTTP, JSON. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = [];
  readonly resources: Readonly<Record<string, unknown>>[] = [];
  /** All received requests, including headers. */
  readonly texts: string[] = [];
  /** If set, the collector refuses every request. */
  isBroken = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpCollector> {
    const server = createServer();
    const collector = new OtlpCollector(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (!collector.isBroken) collector.#take(request.headers, Buffer.concat(chunks).toString());
        response.writeHead(collector.isBroken ? 400 : 200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/traces`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  #take(headers: object, body: string): void {
    this.texts.push(JSON.stringify(headers), body);
    for (const { resource, scopeSpans } of Batch.parse(JSON.parse(body)).resourceSpans) {
      this.resources.push(plain(resource.attributes));
      for (const { spans } of scopeSpans) {
        for (const { attributes, parentSpanId, ...span } of spans) {
          this.spans.push({ ...span, parentSpanId: parentSpanId ?? undefined, attributes: plain(attributes) });
        }
      }
    }
  }
}

function plain(attributes: z.infer<typeof Attributes>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
