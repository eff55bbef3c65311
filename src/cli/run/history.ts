import { history } from '../../actions/history.ts';
import { openRunning, withTarget } from '../context.ts';
import type { EnvironmentFlags } from '../flags.ts';
import type { Invocation } from '../invocation.ts';
import { historyText } from '../ui/history-text.ts';

export async function runHistory(flags: EnvironmentFlags, { ui, signal }: Invocation): Promise<void> {
  const context = await openRunning(flags, { ui, signal });
  const { workspace, environment } = context;
  const view = await withTarget(context, async (target) => ({
    app: workspace.name,
    environment: environment.name,
    place: target.place,
    releases: await history({ environment, target }),
  }));
  ui.result('history', view, (style) => historyText(view, style, Date.now()));
}
