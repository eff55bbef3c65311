import { randomBytes } from 'node:crypto';
import { countChanges } from '../../../core/change-counts.ts';
import type { ReleaseCause } from '../../../core/release.ts';
import { containersOf, podSpecOf } from '../../../manifests/pod-specs.ts';
import { isVersioned } from '../../../manifests/versioned-names.ts';
import type { ReleaseDraft } from '../../records.ts';
import type { ReleaseContent } from './release-content.ts';
import type { StoredRelease } from './stored-release.ts';

/** The head of a release that begins now. */
export function describeRelease(
  number: number,
  { plan, who, cause }: ReleaseDraft,
  content: ReleaseContent,
  packed: { parts: readonly Buffer[]; digest: string },
): StoredRelease {
  const touched = new Set(
    plan.changes.flatMap(({ action, service }) => (action === 'none' ? [] : (service ?? []))),
  );
  return {
    format: 1,
    number,
    at: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    who,
    cause: publicCause(cause),
    result: 'pending',
    changes: countChanges(plan),
    services: [...touched].sort(),
    images: imagesOf(content),
    run: randomBytes(4).toString('hex'),
    holds: content.services.map(({ name }) => name),
    versioned: content.objects.flatMap(({ object }) =>
      isVersioned(object) ? [`${object.kind}/${object.metadata.name}`] : [],
    ),
    parts: packed.parts.length,
    digest: packed.digest,
  };
}

function publicCause(cause: ReleaseDraft['cause']): ReleaseCause {
  return cause.action === 'rollback' ? cause : { action: cause.action };
}

/** The images of the containers named like their service, or of all where none is. */
function imagesOf({ services, objects }: ReleaseContent): StoredRelease['images'] {
  return services
    .map(({ name }) => name)
    .sort()
    .flatMap((service) => {
      const specs = objects.filter((one) => one.service === service).map(({ object }) => podSpecOf(object));
      const containers = specs.flatMap((spec) => (spec ? containersOf(spec) : []));
      const own = containers.filter(({ name }) => name === service);
      const images = (own.length > 0 ? own : containers).flatMap(({ image }) => image ?? []);
      return [...new Set(images)].map((image) => ({ service, image }));
    });
}
