import type { Environment, Workspace } from '../../workspace/model.ts';
import type { Adapter } from './adapter.ts';

/** Services as containers of one Docker Engine, which also builds their images. */
export function dockerAdapter(workspace: Workspace, environment: Environment): Adapter {
  const scope = { app: workspace.name, environment: environment.name };
  return {
    target: async () => {
      const { createDockerTarget } = await import('../../targets/docker/docker-target.ts');
      return createDockerTarget({ scope, engine: await openEngine(environment.host) });
    },
    supply: async () => ({ builder: await engineBuilder(workspace.name, environment.host) }),
    scrapeSource: async () => ({ kind: 'docker', host: (await openEngine(environment.host)).address }),
    holdings: async () => {
      const engine = await openEngine(environment.host);
      const [containers, networks] = await engine.call((docker) =>
        Promise.all([docker.listContainers({ all: true }), docker.listNetworks()]),
      );
      return { engine: { containers, networks } };
    },
  };
}

export async function engineBuilder(app: string, host?: string) {
  const { createEngineBuilder } = await import('../../builds/engine/engine-builder.ts');
  return createEngineBuilder({ app, engine: await openEngine(host) });
}

export async function openEngine(host?: string) {
  const { openDockerEngine } = await import('../../system/docker-engine.ts');
  return openDockerEngine({ host });
}
