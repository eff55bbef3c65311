import { ExpectedError } from '../../core/errors.ts';
import { plainText } from '../../core/terminal-text.ts';

export type RegistryTrouble = 'auth' | 'missing' | 'unreachable' | 'other';

/** What the engine's words about a registry come down to; they are all there is, the status of its answer says little. */
export function registryTrouble(message: string): RegistryTrouble {
  if (
    /no basic auth|unauthorized|authentication required|incorrect username or password|denied: requested access/i.test(
      message,
    )
  )
    return 'auth';
  if (
    /manifest unknown|name unknown|not found|does not exist|pull access denied|no such manifest/i.test(
      message,
    )
  )
    return 'missing';
  const unreachable =
    /dial tcp|connection re(fused|set)|no such host|i\/o timeout|deadline exceeded|Client\.Timeout|TLS handshake|x509|HTTP response to HTTPS|network is unreachable|EOF/i;
  return unreachable.test(message) ? 'unreachable' : 'other';
}

/** The failure of a registry as people read it. `doing`: `orders cannot be pushed`. */
export function registryFailure(doing: string, host: string, message: string): ExpectedError {
  const why = plainText(message).trim();
  const trouble = registryTrouble(message);
  if (trouble === 'auth')
    return new ExpectedError({
      code: 'E_REGISTRY_AUTH',
      exit: 'auth',
      message: `${doing}: the registry wants a login that it accepts`,
      where: host,
      why,
      hints: [host === 'docker.io' ? 'docker login' : `docker login ${host}`],
    });
  if (trouble === 'unreachable')
    return new ExpectedError({
      code: 'E_UNREACHABLE',
      exit: 'unreachable',
      message: `${doing}: the engine cannot reach the registry`,
      where: host,
      why,
      hints: /x509|HTTP response to HTTPS/.test(message)
        ? [
            "give the registry a certificate that the engine trusts, or name it in the engine's insecure-registries",
          ]
        : [`is ${host} right, and reachable from the engine?`],
    });
  return new ExpectedError({ code: 'E_REGISTRY', exit: 'failure', message: doing, where: host, why });
}
