import { asked, naming } from '../alert-text.ts';
import { budgetDays, latencyText, percent } from '../objectives.ts';
import { type Place, sumBy } from '../promql.ts';
import type { Alert, Deployed } from './capability.ts';
import { quantile, requests } from './http-queries.ts';
import { simulatedLatency, simulatedRate, simulatedRequests } from './http-story.ts';
import { look, undo } from './steps.ts';

/** The budget of failures going too fast, by two windows each, and requests that take too long. */
export function httpAlerts(service: Deployed, at: Place): Alert[] {
  return [fastBurn(service, at), slowBurn(service, at), latencyHigh(service, at)];
}

const fastName = 'HttpErrorBudgetFastBurn';
const slowName = 'HttpErrorBudgetSlowBurn';

function fastBurn(service: Deployed, at: Place): Alert {
  return {
    ...burn(service, at, { times: 14.4, long: '1h', short: '5m' }),
    alert: fastName,
    for: '2m',
    severity: 'critical',
    proof: {
      minutes: [60, 70, 40],
      trouble: [simulatedRequests(200, 0), simulatedRequests(500, simulatedRate)],
      // As nothing is known of the hours before, this is much of them, too.
      also: [slowName],
    },
  };
}

function slowBurn(service: Deployed, at: Place): Alert {
  const failing = 10 * service.target.budget * simulatedRate;
  return {
    ...burn(service, at, { times: 6, long: '6h', short: '30m' }),
    alert: slowName,
    for: '15m',
    severity: 'warning',
    proof: {
      minutes: [60, 370, 40],
      trouble: [simulatedRequests(200, simulatedRate - failing), simulatedRequests(500, failing)],
    },
  };
}

/** The longer window says that it matters, the shorter one that it is still so. */
function burn(
  service: Deployed,
  at: Place,
  { times, long, short }: { times: number; long: string; short: string },
): Pick<Alert, 'expr' | 'summary' | 'description' | 'runbook'> {
  const { availability, budget } = service.target;
  const failed = (over: string) => recorded(`service:http_errors:ratio_rate${over}`, at);
  const worst = `topk(1, ${sumBy(requests(at, short, '5..'), ['http_route', 'http_response_status_code'])} > 0)`;
  return {
    expr: `${failed(long)} > ${times} * ${budget}\nand\n${failed(short)} > ${times} * ${budget}`,
    summary: `{{ $labels.service }} on {{ $labels.env }} fails {{ $value | humanizePercentage }} of its requests`,
    description:
      `In the last ${long} {{ $value | humanizePercentage }} of requests failed; the objective of ${availability}% allows ${percent(budget)}. ` +
      `At this rate the budget of ${budgetDays} days is gone in ` +
      `${asked(`${budgetDays * 86_400} * ${budget} / ${failed(long)}`, 'humanizeDuration')}. ` +
      `Requests per second: ${asked(recorded('service:http_requests:rate5m', at), 'humanize')}.` +
      naming(worst, 'http_route', ' Most failures: ', '.'),
    runbook: {
      meaning: `Of the requests of the last ${long}, and of the last ${short}, more than ${percent(times * budget)} were answered with a status of 500 or more: ${times} times what the objective of ${availability}% allows.`,
      steps: [
        `See which route fails, and how:\n\n\`\`\`promql\n${sumBy(requests(at, short, '5..'), ['http_route', 'http_response_status_code'])}\n\`\`\``,
        ...look(service),
        ...(service.calls.length > 0
          ? [`Look whether what it calls is well: ${service.calls.join(', ')}.`]
          : []),
        undo(service),
      ],
    },
  };
}

function latencyHigh(service: Deployed, at: Place): Alert {
  const { latency } = service.target;
  const { percentile, seconds } = latency;
  const slow = recorded(`service:http_latency_seconds:p${percentile}_5m`, at);
  const byRoute = quantile(percentile, at, '5m', ['http_route']);
  return {
    alert: 'HttpLatencyHigh',
    expr: `${slow} > ${seconds}`,
    for: '10m',
    severity: 'warning',
    summary: `{{ $labels.service }} on {{ $labels.env }} is slow: p${percentile} is {{ $value | humanizeDuration }}`,
    description:
      `${100 - percentile}% of requests take longer than {{ $value | humanizeDuration }}; the objective is ${latencyText(latency)}. ` +
      `Requests per second: ${asked(recorded('service:http_requests:rate5m', at), 'humanize')}.` +
      naming(`topk(1, ${byRoute} > 0)`, 'http_route', ' Slowest: ', '.'),
    runbook: {
      meaning: `For 10 minutes ${100 - percentile}% of requests have taken longer than the objective of ${latencyText(latency)} allows. Times between two bounds of the histogram are estimated, and from 10 s on it only knows "longer".`,
      steps: [
        `See which route is slow:\n\n\`\`\`promql\n${byRoute}\n\`\`\``,
        'In the dashboard, compare with requests per second, CPU and garbage collection: more work, or slower work?',
        ...look(service),
        undo(service),
      ],
    },
    proof: { minutes: [10, 30, 20], trouble: simulatedLatency('slow') },
  };
}

function recorded(name: string, at: Place): string {
  return `${name}{${at.join(', ')}}`;
}
