import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { podSecurityViolations } from '../../../src/policy/pod-security/pod-security.ts';
import { podTemplateOf } from '../../../src/policy/workloads.ts';
import { labSuite } from '../../support/lab.ts';
import { podArbitrary } from './pods.ts';
import { openServerJudge, type ServerJudge } from './server-judge.ts';

const enforce = 'pod-security.kubernetes.io/enforce';
/** Of the lab's API server, and one of the standard before it asked for less. */
const versions = [34, 30];
const runs = 250;

labSuite('policy agreement', ['kubeconfig', 'kubectl'], () => {
  const judges = new Map<string, ServerJudge>();
  const cases = versions.flatMap((minor) =>
    (['baseline', 'restricted'] as const).map((level) => ({ minor, level })),
  );
  beforeAll(async () => {
    for (const { minor, level } of cases) {
      const labels = { [enforce]: level, [`${enforce}-version`]: `v1.${minor}` };
      judges.set(`${level} ${minor}`, await openServerJudge(labels));
    }
  });
  afterAll(() => Promise.all([...judges.values()].map((judge) => judge.close())));

  test.each(cases)(
    'Pod Security $level of 1.$minor allows the pods that the server allows, and no others',
    async ({ minor, level }) => {
      const judge = judges.get(`${level} ${minor}`)!;
      const seed = Date.now() % 2 ** 31;
      const counts = { allowed: 0, refused: 0, invalid: 0 };
      const pods = fc.sample(fc.oneof(podArbitrary(4), podArbitrary(30)), { seed, numRuns: runs });
      await Promise.all(
        pods.map(async (pod) => {
          const refusal = await judge.refusal(pod);
          const violations = podSecurityViolations(podTemplateOf(pod)!, level, minor);
          // A pod that is not valid never gets as far as its policy.
          if (refusal !== undefined && !refusal.includes('violates PodSecurity')) counts.invalid++;
          else if (refusal === undefined) counts.allowed++;
          else counts.refused++;
          const what = `seed ${seed}\n${JSON.stringify(pod)}\n${refusal}\n${JSON.stringify(violations)}`;
          if (refusal === undefined) expect(violations, what).toEqual([]);
          else if (refusal.includes('violates PodSecurity')) expect(violations, what).not.toEqual([]);
        }),
      );
      console.error(
        `Pod Security ${level} 1.${minor}: ${runs} pods, ${JSON.stringify(counts)}, seed ${seed}`,
      );
      expect(counts.allowed).toBeGreaterThan(runs / 50);
      expect(counts.refused).toBeGreaterThan(runs / 4);
      expect(counts.invalid).toBeLessThan(runs / 4);
    },
  );
});
