import { http } from '../metrics.ts';
import type { Simulated } from './capability.ts';

/** All answered, and quickly. No request has failed yet, so there is no series of failures. */
export function healthyRequests(): Simulated[] {
  return [simulatedRequests(200, simulatedRate), simulatedRequests(500, null), ...simulatedLatency('fast')];
}

/** Requests a minute of an instance in a rule test. */
export const simulatedRate = 60_000;

export function simulatedRequests(status: number, perMinute: number | null): Simulated {
  const labels = {
    http_request_method: 'GET',
    http_route: '/v1/items',
    http_response_status_code: `${status}`,
  };
  return { name: `${http.requests.name}_count`, labels, kind: 'counter', value: perMinute };
}

/** All within 5 ms, or all slower than any bucket but the last can tell. */
export function simulatedLatency(pace: 'fast' | 'slow'): Simulated[] {
  const labels = { http_request_method: 'GET', http_route: '/v1/items', http_response_status_code: '200' };
  return ['0.005', '10', '+Inf'].map((le) => ({
    name: `${http.requests.name}_bucket`,
    labels: { ...labels, le },
    kind: 'counter',
    value: pace === 'fast' || le === '+Inf' ? simulatedRate : 0,
  }));
}
