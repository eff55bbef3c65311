import { Cancelled } from '../../../../src/core/errors.ts';
import type { Target } from '../../../../src/targets/target.ts';
import { type App, openTarget } from './app.ts';
import { type Fault, faultProxy } from './fault-proxy.ts';
import { plainCluster, writeKubeconfig } from './kubeconfig.ts';

const writes = /^(PATCH|POST|PUT|DELETE) (?!.*dryRun=All)/;

/** One run against a proxy that fails its nth write, whereupon the run is stopped as Ctrl-C does. False when it had fewer. */
export async function stoppedAt(
  app: App,
  nth: number,
  fault: Fault,
  run: (target: Target, signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  const stop = new AbortController();
  let count = 0;
  const proxy = await faultProxy((_, line) => {
    if (!writes.test(line) || ++count !== nth) return undefined;
    setImmediate(() => stop.abort(new Cancelled('interrupted')));
    return fault;
  });
  const target = openTarget(app.namespace, {
    kubeconfig: await writeKubeconfig(app.folder, { cluster: plainCluster(proxy.url) }),
  });
  try {
    await run(target, stop.signal);
    return stop.signal.aborted;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return true;
  } finally {
    await target.close();
    await proxy.close();
  }
}
