import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import {
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { CodedError } from '../errors.ts';
import { redactUrls } from '../git/remote-url.ts';
import type { Log } from '../log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Metrics are sent this often, unless `OTEL_METRIC_EXPORT_INTERVAL` says otherwise. */
const INTERVAL_MS = 60_000;
/** One attempt takes this long at most, tries of a collector that is busy included. */
const EXPORT_MS_MAX = 10_000;

/**
 * Sends metrics by OTLP, where an endpoint is named: by the flag, to which `/v1/metrics` is appended, or by the
 * variables of the OpenTelemetry specification (`OTEL_EXPORTER_OTLP_[METRICS_]ENDPOINT`, `…_PROTOCOL`, `…_HEADERS`,
 * `…_CERTIFICATE`, `OTEL_METRIC_EXPORT_INTERVAL`). A collector that is away costs its metrics of that time, nothing
 * else. Throws `InvalidSpec`.
 */
export function otlpReaders(
  endpoint: string | undefined,
  environment: Environment,
  log: Log,
): readonly MetricReader[] {
  const { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: base } = environment;
  if (!endpoint && !own && !base) return [];
  checkUrl('--otlp-endpoint', endpoint);
  checkUrl('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', own);
  checkUrl('OTEL_EXPORTER_OTLP_ENDPOINT', base);
  const Exporter = exporterOf(environment);
  const exporter = new Exporter({
    ...(endpoint ? { url: `${endpoint.replace(/\/+$/, '')}/v1/metrics` } : {}),
    timeoutMillis: EXPORT_MS_MAX,
  });
  const exportIntervalMillis = Number(environment.OTEL_METRIC_EXPORT_INTERVAL) || INTERVAL_MS;
  return [
    new PeriodicExportingMetricReader({
      exporter: telling(exporter, log),
      exportIntervalMillis,
      exportTimeoutMillis: Math.min(exportIntervalMillis, EXPORT_MS_MAX),
    }),
  ];
}

function checkUrl(name: string, url: string | undefined): void {
  if (!url) return;
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new CodedError(
    'InvalidSpec',
    `${name} "${redactUrls(url)}" is not an http or https URL: write it as in http://collector:4318`,
  );
}

function exporterOf(environment: Environment) {
  const { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: own, OTEL_EXPORTER_OTLP_PROTOCOL: base } = environment;
  const protocol = own || base || 'http/protobuf';
  if (protocol === 'http/protobuf') return ProtobufExporter;
  if (protocol === 'http/json') return JsonExporter;
  throw new CodedError(
    'InvalidSpec',
    `The OTLP protocol ${JSON.stringify(protocol)} (OTEL_EXPORTER_OTLP_[METRICS_]PROTOCOL) is not supported: use http/protobuf or http/json (port 4318)`,
  );
}

/** Logs when it begins to fail, and when it works again. */
function telling(exporter: PushMetricExporter, log: Log): PushMetricExporter {
  let isFailing = false;
  const { selectAggregation, selectAggregationTemporality } = exporter;
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        const failed = result.error !== undefined;
        if (failed && !isFailing) log.warn('Metrics cannot be sent', { reason: result.error?.message });
        if (!failed && isFailing) log.info('Metrics are sent again');
        isFailing = failed;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    ...(selectAggregation ? { selectAggregation: selectAggregation.bind(exporter) } : {}),
    ...(selectAggregationTemporality
      ? { selectAggregationTemporality: selectAggregationTemporality.bind(exporter) }
      : {}),
  };
}
