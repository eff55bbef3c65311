import { randomBytes } from 'node:crypto';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReleaseEntry } from '../../../../../src/actions/records-of.ts';
import { historyText } from '../../../../../src/cli/ui/history-text.ts';
import type { Plan } from '../../../../../src/core/change.ts';
import { ExpectedError } from '../../../../../src/core/errors.ts';
import { kubectlCommand } from '../../../../../src/targets/kubernetes/kubectl-command.ts';
import { describeRelease } from '../../../../../src/targets/kubernetes/releases/describe-release.ts';
import {
  contentOfPlan,
  joined,
  type ReleaseContent,
  without,
} from '../../../../../src/targets/kubernetes/releases/release-content.ts';
import {
  packContent,
  parseHead,
  releaseOf,
  type StoredRelease,
  unpackContent,
} from '../../../../../src/targets/kubernetes/releases/stored-release.ts';

const object = (kind: string, name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...more,
});
const content = (service: string, value: string): ReleaseContent => ({
  services: [{ name: service, calls: [] }],
  objects: [{ service, at: 'a.yaml:1', object: object('ConfigMap', service, { data: { value } }) }],
});
const plan = (...changes: object[]) =>
  ({ version: 1, app: 'shop', environment: 'staging', place: '', changes }) as unknown as Plan;
const head = (given: ReleaseContent, packed = packContent(given)) =>
  describeRelease(7, { plan: plan(), who: 'ada', cause: { action: 'destroy', services: [] } }, given, packed);

const style = {
  colour: new Chalk({ level: 0 }),
  signs: { done: '', waiting: '', failed: '', unchanged: '' },
};
const place = {
  scope: { app: 'shop', environment: 'staging' },
  namespace: 'n',
  kubectl: kubectlCommand('c'),
};

const thrownBy = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ExpectedError);
    return (error as ExpectedError).explanation;
  }
  throw new Error('nothing was thrown');
};

describe('a stored release', () => {
  it('comes back as it was, from parts that each fit into a Secret', () => {
    const given = joined(
      content('orders', randomBytes(3_000_000).toString('base64')),
      content('catalog', '1'),
    );
    const packed = packContent(given);
    expect(packed.parts.length).toBeGreaterThan(3);
    for (const part of packed.parts) expect(part.length).toBeLessThanOrEqual(512 * 1024);
    expect(unpackContent(head(given, packed), packed.parts, place)).toEqual(given);
  });

  it('is refused when a byte or a part differs, without a word of what it holds', () => {
    const given = content('orders', 'canary'.repeat(1000));
    const packed = packContent(given);
    const changed = packed.parts.map((part) => Buffer.from(part));
    changed[0]![20]! ^= 1;
    for (const parts of [changed, []]) {
      const explanation = thrownBy(() => unpackContent(head(given, packed), parts, place));
      expect(explanation).toMatchObject({ code: 'E_RELEASE_DAMAGED', exit: 'notFound' });
      expect(explanation.hints).toContain(
        'to forget it: kubectl --context c -n n delete secret cloudnative.shop.staging.release.7',
      );
      expect(JSON.stringify(explanation)).not.toContain('canary');
    }
  });

  it('has a head that is read back, or known to be damaged', () => {
    const release = head(content('orders', '1'));
    const parse = (text: string) => parseHead(text, 7, 'Secret/a');
    expect(parse(JSON.stringify(release))).toEqual(release);
    const other = (over: object) => parse(JSON.stringify({ ...release, ...over }));
    expect(thrownBy(() => other({ format: 2 }))).toMatchObject({
      code: 'E_RELEASE_VERSION',
      where: 'Secret/a',
      why: 'it has format 2; this program knows 1',
    });
    const damaged = { number: 7, result: 'damaged', reason: expect.stringMatching(/^its summary /) };
    for (const over of [
      ...[{ number: '7' }, { number: 8 }, { parts: null }, { parts: 0 }, { result: 'fine' }, { run: 1 }],
      ...[{ format: '1' }, { images: 3 }, { images: [null] }, { services: [1] }, { who: undefined }],
      ...[{ at: undefined }, { at: 'soon' }, { cause: undefined }, { cause: { action: 'rollback' } }],
      ...[{ changes: null }, { changes: {} }, { digest: 1 }, { reason: {} }, { ms: 'long' }],
    ])
      expect(other(over)).toEqual(damaged);
    for (const text of ['', '{', 'null', '[]', '3', 'broken']) expect(parse(text)).toEqual(damaged);
  });

  it('is either whole or damaged, whatever its head says', () => {
    const release = head(content('orders', '1'));
    const fields = fc.constantFrom(...Object.keys(release).filter((field) => field !== 'format'));
    fc.assert(
      fc.property(fc.dictionary(fields, fc.jsonValue()), (over) => {
        const parsed = parseHead(JSON.stringify({ ...release, ...over }), 7, 'Secret/a');
        if (parsed.result === 'damaged') return;
        const shown = { ...releaseOf(parsed), state: 'live' } as ReleaseEntry;
        const view = { app: 'shop', environment: 'staging', place: 'a test', releases: [shown] };
        expect(historyText(view, style, 0)).toContain('live');
      }),
    );
  });
});

describe('the content of a release', () => {
  it('is what a plan applies to its services, as the manifests have it', () => {
    const apply = (desired: object, more: object = {}) => ({
      do: 'apply',
      path: '/',
      force: false,
      keepsReplicas: false,
      object: desired,
      ...more,
    });
    const scaled = object('Deployment', 'orders', { spec: { replicas: 4, paused: true } });
    const given = plan(
      { id: 'Namespace/shop', action: 'create', desired: apply(object('Namespace', 'shop')) },
      {
        id: 'ConfigMap/a',
        service: 'orders',
        action: 'none',
        desired: apply(object('ConfigMap', 'a'), { at: 'a.yaml:3' }),
      },
      {
        id: 'Deployment/orders',
        service: 'orders',
        action: 'update',
        desired: apply(scaled, { keepsReplicas: true }),
      },
      { id: 'ConfigMap/old', service: 'orders', action: 'remove', desired: { do: 'remove' } },
      { id: 'ConfigMap/kept', service: 'orders', action: 'none', desired: { do: 'keep' } },
      {
        id: 'ConfigMap/other',
        service: 'catalog',
        action: 'none',
        desired: apply(object('ConfigMap', 'other')),
      },
    );
    expect(contentOfPlan(given, [{ name: 'orders', calls: ['catalog'] }])).toEqual({
      services: [{ name: 'orders', calls: ['catalog'] }],
      objects: [
        { service: 'orders', at: 'a.yaml:3', object: object('ConfigMap', 'a') },
        {
          service: 'orders',
          at: 'Deployment/orders',
          object: object('Deployment', 'orders', { spec: { paused: true } }),
        },
      ],
    });
  });

  it('of two is joined by service', () => {
    const both = joined(content('orders', '1'), content('catalog', '1'));
    const newer = joined(both, content('orders', '2'));
    expect(without(newer, ['catalog'])).toEqual(content('orders', '2'));
    expect(without(newer, ['orders'])).toEqual(content('catalog', '1'));
    expect(without(newer, ['orders', 'catalog', 'more'])).toEqual({ services: [], objects: [] });
  });

  it('names the images of the containers that bear their service’s name, and the versions it needs', () => {
    const pods = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } });
    const marked = object('Secret', 'orders-0123456789');
    const given: ReleaseContent = {
      services: ['orders', 'cache', 'none'].map((name) => ({ name, calls: [] })),
      objects: [
        {
          service: 'orders',
          at: '',
          object: object(
            'Deployment',
            'orders',
            pods({ name: 'proxy', image: 'p@1' }, { name: 'orders', image: 'o@1' }),
          ),
        },
        {
          service: 'cache',
          at: '',
          object: object('StatefulSet', 'x', pods({ name: 'redis', image: 'r@1' })),
        },
        {
          service: 'orders',
          at: '',
          object: {
            ...marked,
            metadata: { ...marked.metadata, labels: { 'cloudnative.dev/versioned': 'true' } },
          },
        },
        { service: 'orders', at: '', object: object('Secret', 'plain') },
      ],
    };
    const release: StoredRelease = head(given);
    expect(release.images).toEqual([
      { service: 'cache', image: 'r@1' },
      { service: 'orders', image: 'o@1' },
    ]);
    expect(release.versioned).toEqual(['Secret/orders-0123456789']);
    expect(release.holds).toEqual(['orders', 'cache', 'none']);
  });
});
