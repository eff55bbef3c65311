import type { Manifest } from '../core/kubernetes-object.ts';

/** A chart's objects without those that it wants at another time than a deploy: at its removal, a rollback or a test. */
export function withoutOtherHooks(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter(({ object }) => {
    const hooks = object.metadata.annotations?.['helm.sh/hook']?.split(',').map((hook) => hook.trim());
    return !hooks || hooks.some((hook) => !other.test(hook));
  });
}

const other = /^((pre|post)-(delete|rollback)|test|test-(success|failure))$/;
