/** What `/readyz` says. Only `ready` takes traffic. */
export interface Health {
  status: 'starting' | 'ready' | 'draining';
}

export function createHealth(): Health {
  return { status: 'starting' };
}
