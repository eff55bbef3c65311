import { driftOf } from '../../actions/drift.ts';
import { standingOf } from '../../actions/records-of.ts';
import { warnOfStrangers } from '../../actions/strangers.ts';
import type { Target } from '../../targets/target.ts';
import type { StatusFlags } from '../commands/status.ts';
import { openRunning, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { type Later, type StatusView, statusText } from '../ui/status-text.ts';
import { watch } from './watch.ts';

type Running = Awaited<ReturnType<typeof openRunning>>;

export async function runStatus(flags: StatusFlags, invocation: Invocation): Promise<void> {
  const { ui, signal } = invocation;
  const context = await openRunning(flags, { ui, signal });
  await withTarget(context, async (target) => {
    // Drift is not looked for again and again: that costs as much as a plan.
    const view = await look(context, target, { drift: !flags.watch });
    warnOfStrangers(view.services, { ...context, emit: ui.emit }, context.known);
    if (flags.watch) {
      await watch('status', view, () => look(context, target), statusText, invocation);
    } else {
      ui.result('status', view, (style) => statusText(view, style, Date.now()));
    }
  });
}

async function look(
  { workspace, environment, known }: Running,
  target: Target,
  options: { drift?: boolean } = {},
): Promise<StatusView> {
  const standing = standingOf(target);
  const [services, { live, later }, drift] = await Promise.all([
    target.status(),
    standing,
    options.drift ? standing.then((found) => driftOf(found, { target, environment })) : undefined,
  ]);
  const present = new Set(services.map(({ service }) => service));
  const missing = known.filter((name) => !present.has(name));
  const quiet = missing.length > 0 ? ((await target.quiet?.(missing)) ?? []) : [];
  const absent = missing.filter((name) => !quiet.some(({ service }) => service === name));
  return {
    app: workspace.name,
    environment: environment.name,
    place: target.place,
    ...(live && { release: { number: live.number, at: live.at, who: live.who } }),
    ...(later && { later: laterOf(later) }),
    services,
    ...(quiet.length > 0 && { quiet }),
    absent,
    ...(drift && { drift }),
  };
}

function laterOf({ number, at, who, state, reason }: Later): Later {
  return { number, at, who, state, ...(state === 'failed' && { reason }) };
}
