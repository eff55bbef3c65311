import { asked } from '../alert-text.ts';
import { buildInfo, identity, processes, up } from '../metrics.ts';
import { type Place, quoted, series } from '../promql.ts';
import type { Alert, Deployed } from './capability.ts';
import { simulatedBuild, simulatedMemory, simulatedStarts } from './running-story.ts';
import { look, undo } from './steps.ts';

export function runningAlerts(service: Deployed, at: Place): Alert[] {
  return [
    targetDown(service, at),
    absent(service, at),
    restarts(service, at),
    ...(service.memoryLimit === undefined ? [] : [memoryHigh(service, service.memoryLimit, at)]),
    versionSkew(service, at),
  ];
}

function targetDown(service: Deployed, at: Place): Alert {
  return {
    alert: 'ServiceTargetDown',
    expr: `${series(up, at)} == 0`,
    for: '5m',
    severity: 'critical',
    summary: '{{ $labels.pod }} of {{ $labels.service }} on {{ $labels.env }} gives no metrics',
    description:
      'Prometheus has not reached {{ $labels.instance }} for 5 minutes. ' +
      `Instances that can be reached: ${asked(`count(${series(up, at)} == 1)`, 'humanize')} ` +
      `of ${asked(`count(${series(up, at)})`, 'humanize')}.`,
    runbook: {
      meaning:
        'An instance is where it should be, and its admin port does not answer: it hangs, is starting again and again, or the network keeps Prometheus out. Whether people notice depends on the other instances.',
      steps: [
        ...look(service),
        `If it runs and is ready, ask it yourself: \`cloudnative forward ${service.service} --admin -e ${service.environment}\` and \`/metrics\` there. If that answers, look at what is between Prometheus and it, such as a NetworkPolicy.`,
        undo(service),
      ],
    },
    proof: { minutes: [10, 10, 5], trouble: [{ name: up.name, kind: 'gauge', value: 0 }] },
  };
}

function absent(service: Deployed, at: Place): Alert {
  return {
    alert: 'ServiceAbsent',
    expr: `absent(${series(up, at)})`,
    for: '5m',
    severity: 'critical',
    summary: '{{ $labels.service }} on {{ $labels.env }} has no instance',
    description:
      'For 5 minutes Prometheus has found no instance of {{ $labels.service }} in {{ $labels.namespace }}. No other alert of the service can fire.',
    runbook: {
      meaning:
        'Nothing of the service is discovered: it was removed, scaled to none, or what Prometheus finds it by has changed. Without series all its other alerts are silent.',
      steps: [
        ...look(service),
        `If it runs, compare the configuration of Prometheus: \`cloudnative scrape-config ${service.service} -e ${service.environment}\``,
        `If it should not be there any more, make the rules anew without it: \`cloudnative rules -e ${service.environment}\``,
      ],
    },
    proof: { minutes: [10, 15, 5], trouble: [{ name: up.name, kind: 'gauge', value: null }] },
  };
}

function restarts(service: Deployed, at: Place): Alert {
  return {
    alert: 'ServiceRestarts',
    expr: `changes(${series(processes.start, at, { over: '30m' })}) > 2`,
    severity: 'warning',
    summary: '{{ $labels.pod }} of {{ $labels.service }} on {{ $labels.env }} restarts again and again',
    description:
      'It was started anew {{ $value | humanize }} times in 30 minutes. Each time the requests in flight may be lost.',
    runbook: {
      meaning: `The start time that the process reports has changed more than twice in 30 minutes, under one name. ${service.place === 'kubernetes' ? 'Pods that a rollout replaces do not count: they have other names.' : 'Deploys count too, since an instance keeps its name.'}`,
      steps: [
        ...look(service),
        'A process that ends without a last word was killed: most often it used more memory than its limit.',
        undo(service),
      ],
    },
    proof: { minutes: [10, 15, 40], trouble: [simulatedStarts(60)] },
  };
}

function memoryHigh(service: Deployed, limit: number, at: Place): Alert {
  const allowed = `${Number((limit / 2 ** 20).toPrecision(6))}MiB`;
  return {
    alert: 'ServiceMemoryHigh',
    expr: `${series(processes.memory, at)} > 0.9 * ${limit}`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.pod }} of {{ $labels.service }} on {{ $labels.env }} is near its memory limit',
    description: `It uses {{ $value | humanize1024 }}B of ${allowed}. At the limit it is killed and started anew.`,
    runbook: {
      meaning: `An instance has used more than 90% of ${allowed} for 10 minutes. The limit is what the manifests said when these rules were made.`,
      steps: [
        'In the dashboard, see whether memory follows requests or only grows: the first wants a higher limit, the second is a leak.',
        ...look(service),
        undo(service),
      ],
    },
    proof: { minutes: [10, 20, 10], trouble: [simulatedMemory(service, 0.95)] },
  };
}

function versionSkew(service: Deployed, at: Place): Alert {
  const versions = `count by (${[...identity, 'version', 'revision'].join(', ')}) (${series(buildInfo, at)})`;
  const one =
    '{{ if $index }}, {{ end }}{{ $one.Value }} of {{ $one.Labels.version }} ({{ $one.Labels.revision }})';
  const each = `{{ range $index, $one := query ${quoted(versions)} }}${one}{{ end }}`;
  return {
    alert: 'ServiceVersionSkew',
    expr: `count by (${identity.join(', ')}) (${versions}) > 1`,
    for: '1h',
    severity: 'warning',
    summary: '{{ $labels.service }} on {{ $labels.env }} runs {{ $value | humanize }} versions',
    description: `For an hour {{ $value | humanize }} versions have run side by side: ${each}.`,
    runbook: {
      meaning:
        'Instances of different versions or revisions have answered for an hour: a rollout has not ended.',
      steps: [
        `See which instance runs what:\n\n\`\`\`promql\n${versions}\n\`\`\``,
        ...look(service),
        `Finish the rollout, \`cloudnative deploy ${service.service} -e ${service.environment}\`, or go back.`,
        undo(service),
      ],
    },
    proof: { minutes: [10, 75, 15], trouble: [simulatedBuild('1.1.0', 1)] },
  };
}
