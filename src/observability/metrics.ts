/** Everything that rules and dashboards may name. A test holds it against what running services export. */
export interface Metric<Label extends string = string> {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** The service's own; those of the scrape configuration come on top. */
  labels: readonly Label[];
}

/** What the scrape configuration puts on every series and tells one service in one place by. */
export const identity = ['namespace', 'service', 'env'] as const;

/** Made by Prometheus itself for every target. */
export const up = metric('up', 'gauge', []);

export const buildInfo = metric('build_info', 'gauge', ['name', 'version', 'revision', 'runtime']);

export const processes = {
  cpu: metric('process_cpu_seconds_total', 'counter', []),
  memory: metric('process_resident_memory_bytes', 'gauge', []),
  start: metric('process_start_time_seconds', 'gauge', []),
  openFiles: metric('process_open_fds', 'gauge', []),
  maxFiles: metric('process_max_fds', 'gauge', []),
};

export const http = {
  requests: metric('http_server_request_duration_seconds', 'histogram', [
    'http_request_method',
    'http_route',
    'http_response_status_code',
  ]),
  active: metric('http_server_active_requests', 'gauge', []),
};

export const httpCalls = {
  calls: metric('http_client_request_duration_seconds', 'histogram', [
    'http_request_method',
    'server_address',
    'http_response_status_code',
  ]),
};

export const goRuntime = {
  goroutines: metric('go_goroutines', 'gauge', []),
  collections: metric('go_gc_duration_seconds', 'summary', ['quantile']),
  heap: metric('go_memstats_heap_alloc_bytes', 'gauge', []),
};

export const nodeRuntime = {
  lag: metric('nodejs_eventloop_lag_p99_seconds', 'gauge', []),
  collections: metric('nodejs_gc_duration_seconds', 'histogram', ['kind']),
  heap: metric('nodejs_heap_size_used_bytes', 'gauge', []),
};

export const pythonRuntime = {
  lag: metric('python_event_loop_lag_seconds', 'gauge', []),
  collections: metric('python_gc_collections_total', 'counter', ['generation']),
  tasks: metric('python_asyncio_tasks', 'gauge', []),
};

function metric<const Label extends string>(
  name: string,
  type: Metric['type'],
  labels: readonly Label[],
): Metric<Label> {
  return { name, type, labels };
}
