import { stringify } from 'yaml';

/** A definition of `Thing` in a group of its own, and things. `size` is an integer. */
export function things(group: string) {
  const definition = (fields: object = {}, versions: object[] = []) => {
    const spec = { type: 'object', properties: { size: { type: 'integer' }, ...fields } };
    const openAPIV3Schema = { type: 'object', properties: { spec } };
    const first = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } };
    return stringify({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `things.${group}` },
      spec: {
        group,
        names: { kind: 'Thing', plural: 'things' },
        scope: 'Namespaced',
        versions: [first, ...versions],
      },
    });
  };
  const thing = (name: string, spec: object = { size: 1 }, version = 'v1') =>
    stringify({ apiVersion: `${group}/${version}`, kind: 'Thing', metadata: { name }, spec });
  return { definition, thing, crd: `CustomResourceDefinition/things.${group}` };
}
