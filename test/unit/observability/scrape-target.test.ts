import { expect, it } from 'vitest';
import { LabelSet } from '../../../src/observability/relabel/label-set.ts';
import { discoveredLabels, scrapeTarget } from '../../../src/observability/scrape-target.ts';

const defaults = { job: 'shop', interval: '15s', timeout: '10s' };

function target(own: Record<string, string>, shared: Record<string, string> = {}) {
  return scrapeTarget(discoveredLabels({ labels: shared }, defaults)({ __address__: '10.0.0.1:80', ...own }));
}

it.each([
  [{}, 'http://10.0.0.1:80/metrics'],
  [{ __address__: '10.0.0.1' }, 'http://10.0.0.1/metrics'],
  [{ __metrics_path__: 'm' }, 'http://10.0.0.1:80/m'],
  [{ __param_b: 'x y', __param_a: 'é&' }, 'http://10.0.0.1:80/metrics?a=%C3%A9%26&b=x+y'],
])('%j is scraped at %s', (labels, url) => {
  expect(target(labels)).toMatchObject({ url });
});

it.each([
  [{ __address__: '' }, 'it has no address'],
  [{ __address__: 'a/b' }, '"a/b" is no address: it has a slash'],
  [{ __scrape_interval__: 'soon' }, '"soon" is no interval'],
  [{ __scrape_timeout__: '0s' }, '"0s" is no timeout'],
  [{ __scrape_timeout__: '1m' }, 'its timeout of 1m is longer than its interval of 15s'],
])('%j is refused', (labels, refused) => {
  expect(target(labels)).toEqual({ refused });
});

it('keeps what is visible, with job and instance', () => {
  const own = { __meta_x: '1', __tmp_x: '2', a: '3' };
  expect(target(own, { a: 'other', b: '4' })).toMatchObject({
    labels: { a: '3', b: '4', instance: '10.0.0.1:80', job: 'shop' },
  });
  expect(target({ instance: 'mine', job: '' })).toMatchObject({ labels: { instance: 'mine', job: 'shop' } });
});

it('takes two for one when no label but those of discovery differs', () => {
  const identity = (own: Record<string, string>) => {
    const found = target(own);
    return 'refused' in found ? undefined : found.identity;
  };
  expect(identity({ __meta_x: '1' })).toBe(identity({ __meta_x: '2' }));
  expect(identity({ __tmp_x: '1' })).not.toBe(identity({ __tmp_x: '2' }));
});

it('has no address without labels', () => {
  expect(scrapeTarget(new LabelSet())).toEqual({ refused: 'it has no address' });
});
