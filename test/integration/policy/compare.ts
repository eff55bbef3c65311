import type { KubernetesObject } from '../../../src/core/kubernetes-object.ts';
import { mapLimit } from '../../../src/core/limit.ts';
import { checkManifests } from '../../../src/policy/check-manifests.ts';
import type { Mutant } from './mutations.ts';
import type { ServerJudge } from './server-judge.ts';
import { statefulSetParts } from './stateful-set-parts.ts';

/** What check and the API server think of the same objects. */
export interface Comparison {
  /** Refused by check alone. */
  falseAlarms: string[];
  /** Refused by the server alone. */
  missed: string[];
  both: number;
  neither: number;
}

/** Certain to fail, though not for the API server: the kubelet finds no port to probe. */
const ofTheKubelet = new Set(['unknown-port']);

/** Judges each object by itself, beside those that are always there. */
export async function compare(
  mutants: readonly Mutant[],
  judge: ServerJudge,
  beside: readonly KubernetesObject[] = [],
): Promise<Comparison> {
  const found: Comparison = { falseAlarms: [], missed: [], both: 0, neither: 0 };
  await mapLimit(mutants, 8, async ({ object, change }) => {
    const manifests = [object, ...beside].map((one) => ({ object: one, file: 'm.yaml', line: 1 }));
    const errors = (await checkManifests(manifests, {})).filter(
      ({ severity, rule, path, manifest }) =>
        severity === 'error' && !ofTheKubelet.has(rule) && !judge.drops(path) && manifest.object === object,
    );
    const first = errors[0];
    const refusal = (await judge.refusal(object)) ?? (first && (await refusalOfParts(object, judge)));
    if (first && refusal) found.both++;
    else if (first) found.falseAlarms.push(`${change}: ${first.path.join('.')} ${first.message}`);
    else if (refusal) found.missed.push(`${change}: ${refusal.slice(0, 300)}`);
    else found.neither++;
  });
  return found;
}

async function refusalOfParts(object: KubernetesObject, judge: ServerJudge): Promise<string | undefined> {
  for (const part of statefulSetParts(object)) {
    const refusal = await judge.refusal(part);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
