import { liveReleaseOf } from '../../actions/records-of.ts';
import { warnOfStrangers } from '../../actions/strangers.ts';
import { openRunning, withTarget } from '../context.ts';
import type { EnvironmentFlags } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { statusText } from '../ui/status-text.ts';

export async function runStatus(flags: EnvironmentFlags, { ui }: Invocation): Promise<void> {
  const context = await openRunning(flags, { ui });
  const { workspace, environment, known } = context;
  const view = await withTarget(context, async (target) => {
    const [services, release] = await Promise.all([target.status(), liveReleaseOf(target)]);
    const present = new Set(services.map(({ service }) => service));
    const absent = known.filter((name) => !present.has(name));
    warnOfStrangers(services, { workspace, environment, emit: ui.emit }, known);
    return {
      app: workspace.name,
      environment: environment.name,
      place: target.place,
      ...(release && { release: { number: release.number, at: release.at, who: release.who } }),
      services,
      absent,
    };
  });
  ui.result('status', view, (style) => statusText(view, style, Date.now()));
}
