import { dashboardFiles } from '../../actions/dashboards.ts';
import { ExpectedError } from '../../core/errors.ts';
import { loadWorkspace } from '../../workspace/load.ts';
import { selectServices } from '../../workspace/select.ts';
import type { DashboardsFlags } from '../commands/dashboards.ts';
import type { Invocation } from '../invocation.ts';
import { writeOut } from './write-out.ts';

export async function runDashboards(
  names: string[],
  { out }: DashboardsFlags,
  { ui }: Invocation,
): Promise<void> {
  const workspace = await loadWorkspace(process.cwd());
  const files = dashboardFiles(selectServices(workspace, names), workspace);
  if (out !== undefined) return writeOut(out, files, ui);
  if (files.length > 1) throw tooMany(files.length);
  ui.print(files[0]!.text);
}

function tooMany(count: number): ExpectedError {
  return new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${count} dashboards do not fit into one document`,
    hints: [
      'cloudnative dashboards --out dashboards        a file for each',
      'cloudnative dashboards <service>               only this one',
    ],
  });
}
