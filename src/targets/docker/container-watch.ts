import type { Action } from '../../core/change.ts';
import type { ContainerInspect } from '../../system/docker-engine.ts';
import type { Watched } from './judge.ts';

/** Failed checks in a row that count, as one may have begun before what was done to the container. */
const enoughFailures = 2;

/** Remembers over many looks at containers what one look cannot tell. */
export function containerWatch(): (container: ContainerInspect, action: Action) => Watched {
  /** Milliseconds of this process's clock, by container and start. */
  const runningSince = new Map<string, number>();
  /** End of the last health check that was over at the first look, by container; the engine's time. */
  const checkedBefore = new Map<string, string>();

  return (container, action) => ({
    runningFor: runningFor(container, action),
    unhealthyForGood:
      action === 'create' || action === 'replace' || failuresSince(container) >= enoughFailures,
  });

  /** By the engine's clock for what nobody touched, so that a deploy of nothing does not wait. */
  function runningFor({ Id, State }: ContainerInspect, action: Action): number {
    if (!State.Running || State.Restarting) return 0;
    if (action === 'none') return Date.now() - Date.parse(State.StartedAt);
    const key = `${Id} ${State.StartedAt}`;
    const since = runningSince.get(key) ?? performance.now();
    runningSince.set(key, since);
    return performance.now() - since;
  }

  function failuresSince({ Id, State }: ContainerInspect): number {
    const checks = State.Health?.Log ?? [];
    const before = checkedBefore.get(Id) ?? checks.at(-1)?.End ?? '';
    checkedBefore.set(Id, before);
    return checks.filter(({ End, ExitCode }) => Date.parse(End) > Date.parse(before) && ExitCode !== 0)
      .length;
  }
}
