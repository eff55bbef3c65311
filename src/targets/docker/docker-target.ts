import type { Change } from '../../core/change.ts';
import type { Verdict } from '../../core/readiness.ts';
import type { DockerEngine } from '../../system/docker-engine.ts';
import type { Scope, Target } from '../target.ts';
import { applyChange, promote } from './apply-change.ts';
import { connectService } from './connect.ts';
import { containerWatch } from './container-watch.ts';
import { withDeployLock } from './deploy-lock.ts';
import { diagnoseContainer } from './diagnose.ts';
import { judge } from './judge.ts';
import { dockerLogs } from './logs.ts';
import { containerName, type DockerPlace, networkId } from './names.ts';
import { inspectContainer, observeContainers, observeNetwork } from './observe.ts';
import { planBasis } from './plan-basis.ts';
import { planContainers } from './plan-containers.ts';
import { planRemoval } from './plan-removal.ts';
import { reachableFromHere } from './published.ts';
import type { ContainerSpec } from './spec.ts';
import { dockerStatus } from './status.ts';

/** Services as containers on one network of a Docker Engine. Only what carries the labels of app and environment is ever touched. */
export function createDockerTarget({ scope, engine }: { scope: Scope; engine: DockerEngine }): Target {
  const place: DockerPlace = { ...scope, engine };
  /** The containers that this run made or mended, by change. */
  const applied = new Map<string, string>();
  let watch = containerWatch();

  return {
    place: engine.describe(),
    plan: (desired) => {
      watch = containerWatch(); // what was seen before belongs to an earlier deploy
      return planContainers(desired, place);
    },
    basisOf: (plan) => planBasis(plan, place),
    planRemoval: (services) => planRemoval(services, place),
    apply,
    verdict,
    diagnose: (change, given) => diagnoseContainer(change, given, place, applied.get(change.id)),
    status: () => dockerStatus(place),
    logs: (services, options, signal) => dockerLogs(services, options, signal, place),
    connect: (service, port, signal) => connectService(service, port, signal, place),
    locked: (work) => withDeployLock(place, work),
    close: async () => undefined,
  };

  async function apply(change: Change, signal: AbortSignal): Promise<void> {
    const id = await applyChange(change, place, signal);
    if (id) applied.set(change.id, id);
  }

  async function verdict(change: Change): Promise<Verdict> {
    if (change.action === 'remove') return removalVerdict(change);
    if (change.id === networkId(place))
      return (await observeNetwork(place))?.ours
        ? { readiness: 'ready', reason: 'there' }
        : { readiness: 'failed', reason: 'it was removed by someone' };
    const service = change.service!;
    const id = applied.get(change.id) ?? containerName(place, service);
    const container = await inspectContainer(place, id);
    if (!container) return { readiness: 'failed', reason: 'its container was removed by someone' };
    const given = located(judge(container, watch(container, change.action)));
    if (given.readiness !== 'ready' || !(await promote(container, change.desired as ContainerSpec, place)))
      return given;
    const promoted = await inspectContainer(place, id);
    return promoted
      ? located(judge(promoted, { runningFor: Number.POSITIVE_INFINITY, unhealthyForGood: true }))
      : { readiness: 'failed', reason: 'its container was removed by someone' };
  }

  /** 127.0.0.1 is the engine's machine, which may be another than this. */
  function located(given: Verdict): Verdict {
    if (!given.detail || reachableFromHere(engine.address)) return given;
    return { ...given, detail: `${given.detail}  on ${new URL(engine.address).hostname}` };
  }

  async function removalVerdict(change: Change): Promise<Verdict> {
    const left =
      change.id === networkId(place)
        ? (await observeNetwork(place))?.ours
        : (await observeContainers(place, change.service)).length > 0;
    return left
      ? { readiness: 'progressing', reason: 'still there' }
      : { readiness: 'ready', reason: 'gone' };
  }
}
