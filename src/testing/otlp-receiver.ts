import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';

/** What a collector got in one request. */
export interface ReceivedMetrics {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the resource, such as `service.name`. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly metrics: readonly ReceivedMetric[];
}

export interface ReceivedMetric {
  readonly name: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  readonly points: readonly { readonly value: number; readonly labels: Readonly<Record<string, unknown>> }[];
}

export interface OtlpReceiver {
  /** To be given as `--otlp-endpoint`. */
  readonly url: string;
  readonly received: readonly ReceivedMetrics[];
  /** Answer with this from now on. Default: 200. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/**
 * The parts of opentelemetry/proto/metrics/v1/metrics.proto that are read here; protobuf skips the others. Parsed by
 * protobufjs, which shares nothing with the exporter's own writer.
 */
const SCHEMA = `syntax = "proto3";
message Request { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeMetrics { repeated Metric metrics = 2; }
message Metric {
  string name = 1;
  oneof data { Points gauge = 5; Points sum = 7; Histogram histogram = 9; }
}
message Points { repeated Point data_points = 1; }
message Point { repeated KeyValue attributes = 7; oneof value { double as_double = 4; sfixed64 as_int = 6; } }
message Histogram { repeated HistogramPoint data_points = 1; }
message HistogramPoint { repeated KeyValue attributes = 9; fixed64 count = 4; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface Point {
  readonly attributes?: readonly KeyValue[];
  readonly asDouble?: number;
  readonly asInt?: number | string;
  readonly count?: number | string;
}
interface Metric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly Point[] };
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly histogram?: { readonly dataPoints: readonly Point[] };
}
interface Request {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}

/** Receives metrics by OTLP over HTTP as a collector does, in protobuf or JSON, and keeps them. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const type = protobuf.parse(SCHEMA).root.lookupType('Request');
  const received: ReceivedMetrics[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/metrics') return response.writeHead(404).end();
      if (status !== 200) return response.writeHead(status).end();
      const contentType = request.headers['content-type'] ?? '';
      const body = Buffer.concat(chunks);
      const message =
        contentType === 'application/json'
          ? JSON.parse(body.toString())
          : type.toObject(type.decode(body), { longs: Number });
      received.push({ contentType, headers: request.headers, ...readRequest(message as Request) });
      return response
        .writeHead(200, { 'content-type': contentType })
        .end(contentType === 'application/json' ? '{}' : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (code) => {
      status = code;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readRequest({ resourceMetrics }: Request) {
  return {
    resource: labelsOf(resourceMetrics[0]?.resource.attributes ?? []),
    metrics: resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics.map(readMetric)),
    ),
  };
}

function readMetric({ name, sum, gauge, histogram }: Metric): ReceivedMetric {
  const kind = sum ? 'sum' : gauge ? 'gauge' : 'histogram';
  const points = (sum ?? gauge ?? histogram)?.dataPoints ?? [];
  return {
    name,
    kind,
    points: points.map(({ attributes = [], asDouble, asInt, count }) => ({
      value: Number(asDouble ?? asInt ?? count),
      labels: labelsOf(attributes),
    })),
  };
}

function labelsOf(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
