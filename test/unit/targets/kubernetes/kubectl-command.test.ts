import { expect, it } from 'vitest';
import { ApiError, accessRefusal } from '../../../../src/targets/kubernetes/api/api-error.ts';
import { kubectlCommand } from '../../../../src/targets/kubernetes/kubectl-command.ts';

it('names the context, and the kubeconfig only where one was given', () => {
  expect(kubectlCommand('lab')('version')).toBe('kubectl --context lab version');
  expect(kubectlCommand('lab', '/a b/config')('version')).toBe(
    "kubectl --context lab --kubeconfig '/a b/config' version",
  );
  expect(kubectlCommand("it's", 'config')('get pods')).toBe(
    "kubectl --context 'it'\\''s' --kubeconfig config get pods",
  );
});

it('is what a refusal of rights proposes', () => {
  const message = 'User "eve" cannot list resource "pods" in API group "" in the namespace "shop"';
  const refused = (status: number) =>
    accessRefusal(new ApiError(status, JSON.stringify({ message })), 'lab', kubectlCommand('lab', 'mine'))!
      .explanation.hints![0];
  expect(refused(403)).toMatch(/: kubectl --context lab --kubeconfig mine auth can-i list pods -n shop$/);
  expect(refused(401)).toMatch(/: kubectl --context lab --kubeconfig mine auth whoami$/);
});
