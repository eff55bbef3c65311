import { forward } from '../../actions/forward.ts';
import { strangers } from '../../actions/strangers.ts';
import { throwIfAborted } from '../../core/errors.ts';
import { selectNames } from '../../workspace/select.ts';
import type { ForwardFlags } from '../commands/forward.ts';
import { openRunning, withTarget } from '../context.ts';
import type { Invocation } from '../invocation.ts';

export async function runForward(
  service: string,
  localPort: number,
  { admin, timeout, ...flags }: ForwardFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const context = await openRunning(flags, { ui, signal });
  const { workspace, known } = context;
  const port = admin ? 'admin' : 'http';
  await withTarget(context, async (target) => {
    // One that has left the workspace may run still.
    if (!known.includes(service) && !strangers(await target.status(), known).includes(service))
      selectNames(known, [service], workspace.name);
    const listening = (local: number) => {
      const url = `http://127.0.0.1:${local}`;
      ui.item({ service, port, host: '127.0.0.1', localPort: local, url }, () => `${url}\n`);
    };
    await forward({ service, port, localPort, timeout }, { target, emit: ui.emit, signal, listening });
  });
  throwIfAborted(signal);
}
