import { readPlanFile } from '../actions/plan-file.ts';
import { ExpectedError } from '../core/errors.ts';
import type { PlanRequest, SavedPlan } from '../plan/saved-plan.ts';
import type { Environment } from '../workspace/model.ts';
import type { DeployFlags } from './commands/deploy.ts';
import type { PlanFlags } from './commands/plan.ts';

/** What a saved plan keeps of the command line that made it. */
export function planRequest(
  services: readonly string[],
  flags: PlanFlags,
  environment: Environment,
): PlanRequest {
  const { manifests, recursive, app, namespace, context } = flags;
  const { forceConflicts, replace, pruneKind = [], pullSecret = false } = flags;
  const folder = manifests === undefined ? undefined : { manifests, recursive, app, namespace, context };
  // By name, so that another default is another plan.
  const place = folder ?? { environment: environment.name };
  return { services, ...place, forceConflicts, replace, pruneKind, pullSecret };
}

/** The saved plan that a deploy is told to apply, and the command line that it stands for. Throws E_USAGE (2). */
export async function requestOf(
  file: string,
  services: readonly string[],
  flags: DeployFlags,
): Promise<{ saved: SavedPlan; services: readonly string[]; flags: DeployFlags }> {
  const given = givenBeside(services, flags);
  if (given !== undefined) {
    throw new ExpectedError({
      code: 'E_USAGE',
      exit: 'usage',
      message: `--plan says what is deployed and where; ${given} cannot be added to it`,
      hints: ['leave it out, or give it to cloudnative plan --out and look at the plan anew'],
    });
  }
  const saved = await readPlanFile(file);
  const { services: named, ...asked } = saved.asked;
  const lists = {
    forceConflicts: [...asked.forceConflicts],
    replace: [...asked.replace],
    pruneKind: [...asked.pruneKind],
  };
  return { saved, services: named, flags: { ...flags, ...asked, ...lists } };
}

function givenBeside(services: readonly string[], flags: DeployFlags): string | undefined {
  const spelled = {
    environment: '-e',
    manifests: '--manifests',
    recursive: '-R',
    app: '--app',
    namespace: '-n',
    context: '--context',
    forceConflicts: '--force-conflicts',
    replace: '--replace',
    pruneKind: '--prune-kind',
    pullSecret: '--pull-secret',
  } as const;
  if (services.length > 0) return `the name of a service (${services[0]})`;
  const isGiven = (value: unknown) => (Array.isArray(value) ? value.length > 0 : value !== undefined);
  return Object.entries(spelled).find(([flag]) => isGiven(flags[flag as keyof typeof spelled]))?.[1];
}

/** Throws E_OTHER_APP (4) where the plan is of another app than the workspace or folder that was opened. */
export function assertSameApp(
  saved: SavedPlan,
  file: string,
  opened: { name: string; folder: string },
): void {
  if (saved.app === opened.name) return;
  throw new ExpectedError({
    code: 'E_OTHER_APP',
    exit: 'notFound',
    message: `${file} is a plan for ${saved.app}, and this is ${opened.name}`,
    where: opened.folder,
    hints: [`go to the workspace of ${saved.app}, and deploy it there`],
  });
}
