import { strangers } from '../../actions/strangers.ts';
import { throwIfAborted } from '../../core/errors.ts';
import { plainText } from '../../core/terminal-text.ts';
import type { Target } from '../../targets/target.ts';
import type { Workspace } from '../../workspace/model.ts';
import { selectNames } from '../../workspace/select.ts';
import type { LogsFlags } from '../commands/logs.ts';
import { openRunning, withTarget } from '../context.ts';
import { isFolderApp } from '../folder-app.ts';
import type { Invocation } from '../invocation.ts';

export async function runLogs(names: string[], flags: LogsFlags, { ui, signal }: Invocation): Promise<void> {
  const context = await openRunning(flags, { ui, signal });
  await withTarget(context, async (target) => {
    const services = await chosen(names, context, target);
    const width = Math.max(...services.map(({ length }) => length));
    for await (const line of target.logs(
      services,
      { follow: Boolean(flags.follow), tail: flags.tail },
      signal,
    )) {
      const text = plainText(line.text);
      // Pods are named after their service, or are those of a folder; the service alone would not tell who speaks.
      const isPod = isFolderApp(context.workspace) || line.instance.startsWith(`${line.service}-`);
      const speaker = isPod ? line.instance : line.service;
      ui.item(line, ({ colour }) => `${colour.dim(speaker.padEnd(width))}  ${text}\n`);
    }
  });
  throwIfAborted(signal);
}

/** Services of the workspace, or by name also those that have left it and still run. */
async function chosen(
  names: string[],
  { workspace, known }: { workspace: Workspace; known: readonly string[] },
  target: Target,
): Promise<readonly string[]> {
  const gone = names.length > 0 ? strangers(await target.status(), known) : [];
  const own = names.filter((name) => !gone.includes(name));
  if (names.length > 0 && own.length === 0) return names;
  return [...selectNames(known, own, workspace.name), ...names.filter((name) => gone.includes(name))];
}
