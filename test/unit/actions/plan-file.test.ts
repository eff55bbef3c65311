import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPlanFile, readPlanFile, writePlanFile } from '../../../src/actions/plan-file.ts';
import { refuseAmongManifests, refuseAmongSources } from '../../../src/actions/plan-place.ts';
import type { SavedPlan } from '../../../src/plan/saved-plan.ts';
import type { DesiredService } from '../../../src/targets/target.ts';

const saved: SavedPlan = {
  format: 'cloudnative-plan',
  version: 1,
  app: 'shop',
  environment: 'staging',
  place: 'a test',
  made: { at: '2026-01-02T03:04:05.000Z', by: 'ada@laptop' },
  asked: {
    services: [],
    environment: 'staging',
    forceConflicts: [],
    replace: [],
    pruneKind: [],
    pullSecret: false,
  },
  salt: '0f'.repeat(32),
  artifacts: {},
  changes: [],
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudnative-plan-file-'));
  file = join(folder, 'plan.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the file of a saved plan', () => {
  it('is for its owner alone, and takes the place of an earlier one', async () => {
    writePlanFile(file, { ...saved, app: 'old' });
    chmodSync(file, 0o644);
    await checkPlanFile(file);
    writePlanFile(file, saved);
    const empty = join(folder, 'empty');
    writeFileSync(empty, '');
    await checkPlanFile(empty);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readPlanFile(file)).toEqual(saved);
  });

  it('does not take the place of anything else', async () => {
    writeFileSync(file, '{"name": "shop"}');
    await expect(checkPlanFile(file)).rejects.toMatchObject(failing('E_EXISTS', 'conflict'));
    await expect(checkPlanFile(folder)).rejects.toMatchObject(failing('E_FILE', 'notFound'));
    expect(readFileSync(file, 'utf8')).toBe('{"name": "shop"}');
  });

  it('needs a folder', async () => {
    const nowhere = join(folder, 'missing/plan.json');
    await expect(checkPlanFile(nowhere)).rejects.toMatchObject(failing('E_WRITE', 'failure'));
    expect(() => writePlanFile(nowhere, saved)).toThrow(/cannot write/);
  });

  const refused: [string, string, string, () => void][] = [
    ['missing', 'E_NO_PLAN', 'notFound', () => undefined],
    ['a folder', 'E_FILE', 'notFound', () => mkdirSync(file)],
    ['a pipe', 'E_FILE', 'notFound', () => spawnSync('mkfifo', [file])],
    ['empty', 'E_PLAN_FILE', 'validation', () => writeFileSync(file, '')],
    [
      'half of it',
      'E_PLAN_FILE',
      'validation',
      () => writeFileSync(file, JSON.stringify(saved).slice(0, 99)),
    ],
    ['another document', 'E_PLAN_FILE', 'validation', () => writeFileSync(file, '{}')],
    [
      'newer',
      'E_PLAN_VERSION',
      'validation',
      () => writeFileSync(file, JSON.stringify({ ...saved, version: 2 })),
    ],
    [
      '50 MB long',
      'E_FILE',
      'validation',
      () => {
        writeFileSync(file, '');
        truncateSync(file, 50_000_000);
      },
    ],
  ];
  it.each(refused)('is refused when it is %s', async (_, code, exit, make) => {
    make();
    await expect(readPlanFile(file)).rejects.toMatchObject(failing(code, exit));
  });
});

describe('the place of a saved plan', () => {
  it('is not where its manifests are read', () => {
    expect(() => refuseAmongManifests(file, [folder], {})).toThrow(/no place for a saved plan/);
    const below = join(folder, 'sub/plan.json');
    expect(() => refuseAmongManifests(below, [folder], { recursive: true })).toThrow();
    expect(refuseAmongManifests(below, [folder], {})).toBeUndefined();
    expect(refuseAmongManifests(join(folder, 'plan'), [folder], {})).toBeUndefined();
    expect(refuseAmongManifests(file, [join(folder, 'k8s')], {})).toBeUndefined();
  });

  it('is not among the files that a service is built from', async () => {
    const service = { name: 'orders', folder, image: { context: folder } } as DesiredService['service'];
    const wanted = (digest: string) =>
      ({ service, artifact: { kind: 'command', digest, pending: false } }) as DesiredService;
    writePlanFile(file, saved);
    await refuseAmongSources(file, [wanted('a')], async () => [wanted('a')]);
    expect(existsSync(file)).toBe(true);
    const built = refuseAmongSources(file, [wanted('a')], async () => [wanted('b')]);
    await expect(built).rejects.toMatchObject(failing('E_USAGE', 'usage'));
    expect(existsSync(file)).toBe(false);
  });
});

function failing(code: string, exit: string) {
  return { explanation: { code, exit } };
}
