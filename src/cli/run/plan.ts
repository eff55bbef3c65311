import { desiredServices } from '../../actions/desired.ts';
import { plan } from '../../actions/plan.ts';
import { checkPlanFile, writePlanFile } from '../../actions/plan-file.ts';
import { refuseAmongManifests, refuseAmongSources } from '../../actions/plan-place.ts';
import { savedPlan } from '../../actions/saved-plan.ts';
import { isUnchanged, shownChanges } from '../../core/change-counts.ts';
import { shellWord } from '../../core/shell-word.ts';
import { author } from '../../system/author.ts';
import { selectServices } from '../../workspace/select.ts';
import type { PlanFlags } from '../commands/plan.ts';
import { checkBefore, manifestFolders, openContext, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { planRequest } from '../plan-request.ts';
import { planText } from '../ui/plan-text.ts';

export async function runPlan(
  names: string[],
  flags: PlanFlags,
  { ui, signal, endWith }: Invocation,
): Promise<void> {
  const { out } = flags;
  const context = await openContext(flags, signal);
  const { environment } = context;
  const services = selectServices(context.workspace, names);
  if (out !== undefined) {
    await checkPlanFile(out);
    const folders = context.readFolder ? manifestFolders(context, services) : [];
    refuseAmongManifests(
      out,
      folders.map(({ folder }) => folder),
      flags,
    );
  }
  const result = await withTarget(context, async (target) => {
    target.prepare?.();
    await checkBefore(context, services, { ui });
    const supply = await context.supply();
    const { plan: result, desired } = await plan({ services }, { ...context, target, supply, emit: ui.emit });
    if (out === undefined) return result;
    const who = author(process.env);
    const asked = planRequest(names, flags, environment);
    writePlanFile(out, await savedPlan(result, desired, asked, { target, environment, who }));
    await refuseAmongSources(out, desired, (near) => desiredServices(near, environment, supply));
    return result;
  });
  const document = { ...result, changes: shownChanges(result).map(({ desired: _, ...change }) => change) };
  ui.result('plan', out === undefined ? document : { ...document, saved: out }, (style) =>
    planText(result, style),
  );
  if (out !== undefined)
    ui.say(() => `Saved in ${out}. To apply exactly this:\n  ${deployCommand(out, flags)}\n`);
  if (!isUnchanged(result)) endWith('changesPending');
}

function deployCommand(file: string, { kubeconfig }: PlanFlags): string {
  const access = kubeconfig === undefined ? '' : ` --kubeconfig ${shellWord(kubeconfig)}`;
  return `cloudnative deploy --plan ${shellWord(file)}${access}`;
}
