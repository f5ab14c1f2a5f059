import { performance } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';
import packageJson from '../../package.json' with { type: 'json' };

/** What every process has, by the names that Prometheus' own clients use, read at each scrape. */
export function observeProcess(meter: Meter): void {
  meter
    .createObservableGauge('gitops_reverser_build_info', { description: '1, with the version as a label.' })
    .addCallback((result) => result.observe(1, { version: packageJson.version }));
  meter
    .createObservableGauge('process_resident_memory_bytes', {
      description: 'Memory of the process, without that of the git commands it runs.',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('nodejs_heap_size_used_bytes', { description: 'Memory in use by JavaScript.' })
    .addCallback((result) => result.observe(process.memoryUsage().heapUsed));
  meter
    .createObservableGauge('process_start_time_seconds', { description: 'When the process started.' })
    .addCallback((result) => result.observe(performance.timeOrigin / 1000));
  meter
    .createObservableCounter('process_cpu_seconds', { description: 'CPU time that the process used.' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  meter
    .createObservableCounter('nodejs_eventloop_active_seconds', {
      description: 'Time in which the event loop worked. Its rate is how busy it is: 1 is all it can.',
    })
    .addCallback((result) => result.observe(performance.eventLoopUtilization().active / 1000));
}
