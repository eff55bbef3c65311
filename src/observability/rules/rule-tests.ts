import { stringifyYaml } from '../../core/yaml.ts';
import { capabilitiesOf } from '../capabilities/all.ts';
import type { Alert, Deployed, Simulated } from '../capabilities/capability.ts';
import { matchers } from '../promql.ts';
import { type Instance, labelsOf } from './instance.ts';
import { alertsOf } from './rule-file.ts';
import { strangersOf, told } from './simulation.ts';

/** The text of a `promtool test rules` file: every alert fires and resolves, and is silent when all is well. */
export function ruleTests(services: readonly Deployed[], ruleFile: string): string {
  const tests = [healthyTest(services), quietTest(services), strangersTest(services)];
  const names = [...new Set(services.flatMap((service) => alertsOf(service).map(({ alert }) => alert)))];
  for (const name of names) tests.push(alertTest(name, services));
  const mark = '# Tests of the rules, made by cloudnative rules. Run: promtool test rules on this file\n';
  return mark + stringifyYaml({ rule_files: [ruleFile], evaluation_interval: '1m', tests });
}

const firing = 'count by (alertname, severity, namespace, service, env) (ALERTS{alertstate="firing"})';

/** No alert; and a ratio of 0 although there is no series of failures. */
function healthyTest(services: readonly Deployed[]): object {
  const series = services.flatMap((service) => told(service, healthyOf(service), [20]));
  return {
    name: 'healthy services',
    interval: '1m',
    input_series: series,
    promql_expr_test: [
      silence(19),
      ...services.map((service) => ({
        expr: `round(service:http_requests:rate5m{${own(service)}}, 0.001)`,
        eval_time: '19m',
        exp_samples: [{ labels: labelSet(labelsOf(service)), value: 1000 }],
      })),
      ...services.map((service) => ({
        expr: `service:http_errors:ratio_rate5m{${own(service)}}`,
        eval_time: '19m',
        exp_samples: [
          {
            labels: labelSet({ __name__: 'service:http_errors:ratio_rate5m', ...labelsOf(service) }),
            value: 0,
          },
        ],
      })),
    ],
  };
}

/** Counters stand still: neither an alert, nor a ratio that would be a division by zero. */
function quietTest(services: readonly Deployed[]): object {
  const quiet = ({ kind, value, ...series }: Simulated): Simulated => ({
    ...series,
    kind,
    value: kind === 'counter' && value !== null ? 0 : value,
  });
  return {
    name: 'services without traffic',
    interval: '1m',
    input_series: services.flatMap((service) => told(service, healthyOf(service).map(quiet), [20])),
    promql_expr_test: [
      silence(19),
      { expr: 'service:http_errors:ratio_rate5m', eval_time: '19m', exp_samples: [] },
    ],
  };
}

/** What happens in another namespace, environment or service is none of these rules' business. */
function strangersTest(services: readonly Deployed[]): object {
  const trouble = (service: Deployed): Simulated[] =>
    alertsOf(service)
      .filter(({ alert }) => alert !== 'ServiceAbsent')
      .flatMap(({ proof }) => proof.trouble);
  return {
    name: 'trouble of others',
    interval: '1m',
    input_series: services.flatMap((service) => [
      ...told(service, healthyOf(service), [90]),
      ...strangersOf(service, services).flatMap((stranger) =>
        told(stranger, unique(healthyOf(service), trouble(service)), [90]),
      ),
    ]),
    promql_expr_test: [silence(89)],
  };
}

/** All services that have the alert get into its trouble and out of it. */
function alertTest(name: string, services: readonly Deployed[]): object {
  const input: object[] = [];
  const expected: { labels: string; value: number }[] = [];
  let minutes: Alert['proof']['minutes'] = [0, 0, 0];
  for (const service of services) {
    const alerts = alertsOf(service);
    const proof = alerts.find(({ alert }) => alert === name)?.proof;
    if (!proof) continue;
    minutes = proof.minutes;
    const trouble = unique(healthyOf(service), proof.trouble);
    input.push(...told(service, healthyOf(service), minutes, trouble));
    for (const { alert, severity } of alerts)
      if (alert === name || proof.also?.includes(alert))
        expected.push({ labels: labelSet({ alertname: alert, severity, ...labelsOf(service) }), value: 1 });
  }
  // Services without this alert are there as well, and well.
  for (const service of services)
    if (!alertsOf(service).some(({ alert }) => alert === name))
      input.push(...told(service, healthyOf(service), [minutes[0] + minutes[1] + minutes[2]]));
  const [before, during, after] = minutes;
  return {
    name,
    interval: '1m',
    input_series: input,
    promql_expr_test: [
      silence(before - 1),
      { expr: firing, eval_time: `${before + during - 1}m`, exp_samples: expected },
      silence(before + during + after - 1),
    ],
  };
}

function silence(minute: number): object {
  return { expr: firing, eval_time: `${minute}m`, exp_samples: [] };
}

function healthyOf(service: Deployed): Simulated[] {
  return capabilitiesOf(service).flatMap(({ healthy }) => healthy?.(service) ?? []);
}

/** The usual series, with those of the trouble in the place of their namesakes. */
function unique(usual: readonly Simulated[], trouble: readonly Simulated[]): Simulated[] {
  const key = ({ name, labels }: Simulated) => JSON.stringify([name, labels]);
  const all = new Map(usual.map((one) => [key(one), one]));
  for (const one of trouble) all.set(key(one), one);
  return [...all.values()];
}

function own(service: Instance): string {
  return matchers(labelsOf(service)).join(', ');
}

function labelSet({ __name__: name = '', ...labels }: Record<string, string>): string {
  return `${name}{${matchers(labels).join(', ')}}`;
}
