import { type Judged, judge } from '../../actions/judge.ts';
import { ExpectedError } from '../../core/errors.ts';
import type { ReadinessRule } from '../../workspace/model.ts';
import type { StatusFlags } from '../commands/status.ts';
import type { Invocation } from '../invocation.ts';
import { judgedText } from '../ui/judged-text.ts';

/** Judges the objects of a file. Asks no cluster. */
export async function runJudge(file: string, flags: StatusFlags, { ui, endWith }: Invocation): Promise<void> {
  const place = (['environment', 'manifests', 'app', 'namespace', 'context', 'kubeconfig'] as const).find(
    (flag) => flags[flag] !== undefined,
  );
  if (place !== undefined) {
    const message = `-f judges the objects of a file, offline: --${place} means nothing to it`;
    throw new ExpectedError({ code: 'E_USAGE', exit: 'usage', message });
  }
  const { readObjects } = await import('../../sources/read-objects.ts');
  const objects: Judged[] = judge(await readObjects(file), await workspaceRules());
  ui.result('status', { file, objects }, (style) => judgedText(objects, style));
  if (objects.some(({ readiness }) => readiness === 'failed')) endWith('failure');
}

/** Of the workspace that this runs in, if in any. */
async function workspaceRules(): Promise<readonly ReadinessRule[] | undefined> {
  const { loadSoundWorkspace } = await import('../../workspace/load.ts');
  try {
    return (await loadSoundWorkspace(process.cwd())).workspace.readiness;
  } catch (error) {
    if (error instanceof ExpectedError && error.explanation.code === 'E_NO_WORKSPACE') return undefined;
    throw error;
  }
}
