import { type ApiClient, createApiClient } from './api-client.ts';
import type { Access } from './kubeconfig.ts';
import { plainAccess } from './plain-access.ts';
import { environmentProxy } from './proxy/environment-proxy.ts';

export interface OpenApi {
  api: ApiClient;
  /** Access that the kubeconfig alone gives, and that nobody has to be asked for. */
  plain(): Promise<Access | undefined>;
  /** The credential plugin that is waited for. */
  plugin(): string | undefined;
}

/** The API of the cluster that a context names. Requests nothing before it is asked. */
export function openApi({
  context,
  kubeconfig,
  signal,
}: {
  context: string;
  /** A file instead of those of KUBECONFIG or the home folder. */
  kubeconfig?: string;
  /** Ends the wait for credentials, and for a first connection. */
  signal: AbortSignal;
}): OpenApi {
  let plugin: string | undefined;
  const plain = () => plainAccess(context, kubeconfig);
  const api = createApiClient({
    context,
    kubeconfig,
    signal,
    access: async (closing) => {
      const known = await plain();
      if (known) return throughProxy(known);
      const { readAccess } = await import('./kubeconfig.ts');
      const onPlugin = (command?: string) => {
        plugin = command;
      };
      return throughProxy(await readAccess(context, kubeconfig, { signals: [closing, signal], onPlugin }));
    },
  });
  return { api, plain, plugin: () => plugin };
}

/** A proxy of the kubeconfig is of that cluster alone, and comes before one of the environment. */
function throughProxy(access: Access): Access {
  return { ...access, proxy: access.proxy ?? environmentProxy(access.server, process.env) };
}
