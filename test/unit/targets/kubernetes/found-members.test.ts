import { expect, it } from 'vitest';
import { ApiError } from '../../../../src/targets/kubernetes/api/api-error.ts';
import type { Discovery } from '../../../../src/targets/kubernetes/api/discovery.ts';
import type { Cluster } from '../../../../src/targets/kubernetes/cluster.ts';
import { kubectlCommand } from '../../../../src/targets/kubernetes/kubectl-command.ts';
import { foundMembers } from '../../../../src/targets/kubernetes/prune/found-members.ts';

const member = { group: 'example.com', kind: 'Widget', namespace: 'shop', name: 'w', uid: '1' };
const widgets = {
  apiVersion: 'example.com/v1',
  group: 'example.com',
  kind: 'Widget',
  name: 'widgets',
  namespaced: true,
  verbs: ['list', 'delete'],
};

/** A cluster that serves these kinds, the second list when it is asked again, and has no object; what it is asked is noted. */
function cluster(...served: Partial<Discovery>[]): { asked: string[]; cluster: Cluster } {
  const asked: string[] = [];
  let times = 0;
  const empty: Discovery = { find: () => undefined, preferred: [], down: [] };
  const api = {
    request: async ({ path }: { path: string }) => {
      asked.push(path);
      if (path.endsWith('/w')) throw new ApiError(404, '{"reason":"NotFound"}');
      return { value: { items: [], metadata: {} }, headers: {} };
    },
  };
  return {
    asked,
    cluster: {
      scope: { app: 'shop', environment: 'staging' },
      context: 'test',
      kubectl: kubectlCommand('test'),
      namespace: 'shop',
      readiness: [],
      api: api as unknown as Cluster['api'],
      kinds: async (again) => ({ ...empty, ...served[again ? ++times : 0] }),
    },
  };
}

it('takes objects of a kind that is served no more for gone, and those of a silent server for unknown', async () => {
  const removed = cluster({}, {});
  expect(await foundMembers([member], removed.cluster)).toEqual([{ member, path: '', object: undefined }]);
  const silent = cluster({}, { down: ['example.com/v1'] });
  expect(await foundMembers([member], silent.cluster)).toEqual([
    { member, path: '', object: 'the server of Widget does not answer' },
  ]);
  expect([...removed.asked, ...silent.asked]).toEqual([]);
});

it('asks again for kinds that are younger than what it knows, and by name for what bears the label no more', async () => {
  const younger = cluster({}, { preferred: [widgets] });
  const path = '/apis/example.com/v1/namespaces/shop/widgets/w';
  expect(await foundMembers([member], younger.cluster)).toEqual([{ member, path, object: undefined }]);
  expect(younger.asked).toEqual(['/apis/example.com/v1/namespaces/shop/widgets', path]);
});
