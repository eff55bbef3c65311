import { plan } from '../../actions/plan.ts';
import { isUnchanged, shownChanges } from '../../core/change-counts.ts';
import { selectServices } from '../../workspace/select.ts';
import type { PlanFlags } from '../commands/plan.ts';
import { checkBefore, openContext, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { planText } from '../ui/plan-text.ts';

export async function runPlan(names: string[], flags: PlanFlags, { ui, endWith }: Invocation): Promise<void> {
  const context = await openContext(flags);
  const services = selectServices(context.workspace, names);
  const result = await withTarget(context, async (target) => {
    target.prepare?.();
    await checkBefore(context, services, { ui });
    return plan({ services }, { ...context, target, supply: await context.supply(), emit: ui.emit });
  });
  const document = { ...result, changes: shownChanges(result).map(({ desired: _, ...change }) => change) };
  ui.result('plan', document, (style) => planText(result, style));
  if (!isUnchanged(result)) endWith('changesPending');
}
