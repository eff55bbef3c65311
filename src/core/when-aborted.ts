const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once the signal is aborted; returns what takes that back. A signal looks at all of its own listeners whenever one comes or
 * goes, which takes 5,000 of them seconds: here they share one.
 */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const known = listeners.get(signal) ?? shared(signal);
  known.add(callback);
  return () => void known.delete(callback);
}

function shared(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  listeners.set(signal, callbacks);
  const callAll = () => {
    for (const callback of [...callbacks]) callback();
  };
  signal.addEventListener('abort', callAll, { once: true });
  return callbacks;
}
