import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change, Plan } from '../../../../src/core/change.ts';
import { isUnchanged } from '../../../../src/core/change-counts.ts';
import type { Event } from '../../../../src/core/events.ts';
import { applyPlan } from '../../../../src/engine/apply-plan.ts';
import { readManifests } from '../../../../src/sources/read-manifests.ts';
import {
  createKubernetesTarget,
  type KubernetesOptions,
} from '../../../../src/targets/kubernetes/kubernetes-target.ts';
import type { DesiredService, Target } from '../../../../src/targets/target.ts';
import type { EnvValue } from '../../../../src/workspace/model.ts';
import { lab } from '../../../support/lab.ts';
import { kubectl } from './kubectl.ts';
import { type ManifestOptions, serviceManifests } from './manifests.ts';

/** An app in a namespace of its own, with what a test does to it. */
export interface App {
  namespace: string;
  folder: string;
  target: Target;
  /** Writes the manifests of a service and returns it as it is wanted. */
  service(name: string, options: ServiceOptions): Promise<DesiredService>;
  close(): Promise<void>;
}

export interface ServiceOptions extends ManifestOptions {
  image: string;
  pending?: boolean;
  calls?: string[];
  env?: Record<string, EnvValue>;
  /** Instead of the usual ones, by file name. */
  files?: Record<string, string>;
}

export async function openApp(over: Partial<KubernetesOptions> & { create?: boolean } = {}): Promise<App> {
  const namespace = over.namespace ?? `test-${randomBytes(4).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'cloudnative-app-'));
  if (over.create !== false) await kubectl(['create', 'namespace', namespace]);
  const target = openTarget(namespace, over);
  return {
    namespace,
    folder,
    target,
    async service(name, { image, pending = false, calls = [], env = {}, files, ...options }) {
      const manifests = join(folder, name);
      await rm(manifests, { recursive: true, force: true });
      await mkdir(manifests);
      for (const [file, text] of Object.entries(files ?? serviceManifests(name, options)))
        await writeFile(join(manifests, file), text);
      return {
        service: {
          name,
          language: 'go',
          folder,
          path: name,
          ports: { http: 8080, admin: 9100 },
          image: { dockerfile: '', context: folder, args: {} },
          build: [],
          run: [],
          calls,
          env: {},
          manifests,
        },
        env,
        manifests,
        pinnedPorts: {},
        artifact: { kind: 'image', reference: image, context: '', pending },
      };
    },
    async close() {
      await target.close();
      await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
      await rm(folder, { recursive: true });
    },
  };
}

export function openTarget(namespace: string, over: Partial<KubernetesOptions> = {}): Target {
  return createKubernetesTarget({
    scope: { app: 'shop', environment: 'staging' },
    context: lab.context!,
    kubeconfig: lab.kubeconfig!,
    readManifests,
    ...over,
    namespace,
  });
}

/** What a deploy does, without building and asking: returns the plan that was carried out, or the one that found nothing to do. */
export async function deploy(
  target: Target,
  desired: readonly DesiredService[],
  { timeout = 60_000, signal = new AbortController().signal, events = [] as Event[] } = {},
): Promise<Plan> {
  const apply = async (plan: Plan) => {
    await applyPlan(
      plan,
      { timeout, wait: true },
      { target, signal, emit: (event) => void events.push(event) },
    );
    return plan;
  };
  const plan = await target.plan(desired);
  if (isUnchanged(plan)) return apply(plan);
  return target.locked(async () => apply(await target.plan(desired)));
}

export async function destroy(
  target: Target,
  services?: readonly string[],
  signal = new AbortController().signal,
): Promise<Plan> {
  const plan = await target.planRemoval(services);
  if (isUnchanged(plan)) return plan;
  return target.locked(async () => {
    const current = await target.planRemoval(services);
    await applyPlan(current, { timeout: 60_000, wait: true }, { target, signal, emit: () => {} });
    return current;
  });
}

export function changed(plan: Plan): Record<string, Change['action']> {
  return Object.fromEntries(
    plan.changes
      .filter(({ action, bookkeeping }) => action !== 'none' && !bookkeeping)
      .map(({ id, action }) => [id, action]),
  );
}

export function change(plan: Plan, id: string): Change {
  const found = plan.changes.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id} among ${plan.changes.map((one) => one.id).join(', ')}`);
  return found;
}
