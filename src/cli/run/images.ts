import { images } from '../../actions/images.ts';
import { selectServices } from '../../workspace/select.ts';
import { engineBuilder, openEngine } from '../adapters/docker.ts';
import { registryOf } from '../adapters/kubernetes.ts';
import type { BuildFlags } from '../commands/build.ts';
import { openContext } from '../context.ts';
import type { EnvironmentFlags } from '../flags.ts';
import type { Invocation } from '../invocation.ts';

export async function runBuild(names: string[], flags: BuildFlags, invocation: Invocation): Promise<void> {
  const { workspace, environment } = await openContext(flags);
  const services = selectServices(workspace, names);
  if (flags.listContext) return listContexts(services, invocation);
  const builder = await engineBuilder(workspace.name, environment.host);
  const { ui, signal } = invocation;
  const result = await images({ services }, { supply: { builder }, emit: ui.emit, signal });
  ui.result('build', result, () => imageLines(result));
}

export async function runPush(
  names: string[],
  flags: EnvironmentFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const { workspace, environment } = await openContext(flags);
  const services = selectServices(workspace, names);
  const registry = registryOf(workspace, environment);
  const { createRegistryPublisher } = await import('../../builds/registry/registry-publisher.ts');
  const supply = {
    builder: await engineBuilder(workspace.name, environment.host),
    publisher: createRegistryPublisher({ engine: await openEngine(environment.host), registry }),
  };
  const result = await images({ services }, { supply, emit: ui.emit, signal });
  ui.result('push', result, () => imageLines(result));
}

async function listContexts(services: ReturnType<typeof selectServices>, { ui }: Invocation): Promise<void> {
  const { listContext } = await import('../../builds/context/list-context.ts');
  const contexts: { service: string; files: string[] }[] = [];
  for (const { name, image } of services) {
    const files = await listContext(image.context, { dockerfile: image.dockerfile });
    contexts.push({ service: name, files: files.map(({ path }) => path) });
  }
  ui.result('build', { contexts }, () =>
    contexts.map(({ service, files }) => files.map((path) => `${service}/${path}\n`).join('')).join(''),
  );
}

function imageLines({
  images: built,
}: {
  images: readonly { service: string; reference: string }[];
}): string {
  return built.map(({ reference }) => `${reference}\n`).join('');
}
