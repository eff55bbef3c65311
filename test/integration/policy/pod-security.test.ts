import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { podSecurityViolations } from '../../../src/policy/pod-security/pod-security.ts';
import { podTemplateOf } from '../../../src/policy/workloads.ts';
import { labSuite } from '../../support/lab.ts';
import { serverMinor } from '../kubernetes/support/kubectl.ts';
import { podArbitrary } from './pods.ts';
import { openServerJudge, type ServerJudge } from './server-judge.ts';

const enforce = 'pod-security.kubernetes.io/enforce';
/** The server's own standard is the newest it knows; the oldest is from before it allowed more. */
const versions = ['own', 30] as const;
const runs = 250;

labSuite('policy agreement', ['kubeconfig', 'kubectl'], () => {
  const judges = new Map<string, ServerJudge>();
  let own: number;
  const cases = versions.flatMap((version) =>
    (['baseline', 'restricted'] as const).map((level) => ({ version, level })),
  );
  beforeAll(async () => {
    own = await serverMinor();
    for (const { version, level } of cases) {
      const labels = { [enforce]: level, [`${enforce}-version`]: `v1.${version === 'own' ? own : version}` };
      judges.set(`${level} ${version}`, await openServerJudge(labels));
    }
  });
  afterAll(() => Promise.all([...judges.values()].map((judge) => judge.close())));

  test.each(cases)(
    'Pod Security $level of version $version allows the pods that the server allows, and no others',
    async ({ version, level }) => {
      const judge = judges.get(`${level} ${version}`)!;
      const minor = version === 'own' ? own : version;
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
