import { deployed } from '../../actions/monitored.ts';
import { rulesFiles, rulesText, runbookBase } from '../../actions/rules.ts';
import { selectServices } from '../../workspace/select.ts';
import type { RulesFlags } from '../commands/rules.ts';
import { manifestFolders, openContext } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { writeOut } from './write-out.ts';

export async function runRules(names: string[], flags: RulesFlags, { ui }: Invocation): Promise<void> {
  const base = flags.runbooks === undefined ? undefined : runbookBase(flags.runbooks);
  const { environment } = flags;
  const context = await openContext({ environment });
  const selected = selectServices(context.workspace, names);
  const folders = manifestFolders(context, selected);
  const services = await deployed(
    selected.map((service, index) => ({ service, manifests: folders[index]! })),
    { ...context, readFolder: await context.readFolder?.() },
  );
  if (flags.out === undefined) return ui.print(rulesText(services, base));
  await writeOut(flags.out, rulesFiles(services, base), ui);
}
