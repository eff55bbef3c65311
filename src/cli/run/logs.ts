import { throwIfAborted } from '../../core/errors.ts';
import { plainText } from '../../core/terminal-text.ts';
import { selectServices } from '../../workspace/select.ts';
import type { LogsFlags } from '../commands/logs.ts';
import { openContext, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';

export async function runLogs(names: string[], flags: LogsFlags, { ui, signal }: Invocation): Promise<void> {
  const context = await openContext(flags);
  const services = selectServices(context.workspace, names).map(({ name }) => name);
  const width = Math.max(...services.map(({ length }) => length));
  await withTarget(context, async (target) => {
    for await (const line of target.logs(
      services,
      { follow: Boolean(flags.follow), tail: flags.tail },
      signal,
    )) {
      const text = plainText(line.text);
      ui.item(line, ({ colour }) => `${colour.dim(line.service.padEnd(width))}  ${text}\n`);
    }
  });
  throwIfAborted(signal);
}
