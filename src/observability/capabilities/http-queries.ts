import { http } from '../metrics.ts';
import { type Place, ratio, series, sumBy } from '../promql.ts';

/** Requests per second, by all labels. */
export function requests(at: Place, over: string, status?: string): string {
  const where = status ? { where: { http_response_status_code: status } } : {};
  return `rate(${series(http.requests, at, { part: 'count', over, ...where })})`;
}

/** The part of requests that the service failed. */
export function failedPart(at: Place, over: string): string {
  return ratio(sumBy(requests(at, over, '5..')), sumBy(requests(at, over)));
}

/** The time in seconds that so many percent of requests stay under. */
export function quantile(percentile: number, at: Place, over: string, labels: string[] = []): string {
  const buckets = `rate(${series(http.requests, at, { part: 'bucket', over })})`;
  return `histogram_quantile(${percentile / 100}, ${sumBy(buckets, [...labels, 'le'])})`;
}
