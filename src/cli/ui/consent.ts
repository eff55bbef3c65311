import type { Plan } from '../../core/change.ts';
import type { Context } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { changeQuestion, countText } from './plan-text.ts';
import { confirm } from './prompts.ts';
import type { Style } from './style.ts';

/** Processes never ask, Docker asks before replacing or removing, Kubernetes always. */
export function consentFor(
  { environment }: Pick<Context, 'environment'>,
  flags: { yes?: boolean },
  { ui, signal }: Pick<Invocation, 'ui' | 'signal'>,
  show: (plan: Plan, style: Style) => string = changeQuestion,
): (plan: Plan) => Promise<void> {
  return async (plan) => {
    if (flags.yes || environment.target === 'process') return;
    const destructive = plan.changes.some(({ action }) => action === 'replace' || action === 'remove');
    if (environment.target === 'docker' && !destructive) return;
    ui.say((style) => show(plan, style));
    await confirm(`Apply to ${plan.place}?`, `${countText(plan)} on ${plan.place}`, signal);
  };
}
