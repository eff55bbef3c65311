import { describe, expect, it } from 'vitest';
import type { EnvironmentFlags } from '../../../src/cli/flags.ts';
import { folderApp } from '../../../src/cli/folder-app.ts';
import type { ExpectedError } from '../../../src/core/errors.ts';

const complete: EnvironmentFlags = { manifests: 'my k8s', app: 'blog', namespace: 'web', context: 'kind-a' };

describe('folderApp', () => {
  it('is a workspace of one service with nothing to build, in the one place that the flags name', () => {
    const workspace = folderApp(complete, '/srv')!;
    expect(workspace).toMatchObject({
      name: 'blog',
      services: [{ name: 'blog', manifests: '/srv/my k8s', calls: [], env: {} }],
      defaultEnvironment: 'default',
    });
    expect(workspace.environments).toEqual({
      default: {
        name: 'default',
        target: 'kubernetes',
        context: 'kind-a',
        namespace: 'web',
        services: {},
        flags: "--manifests 'my k8s' --app blog -n web --context kind-a",
      },
    });
  });

  it('is none without --manifests', () => {
    expect(folderApp({ environment: 'staging' }, '/srv')).toBeUndefined();
  });

  it.each<[string, EnvironmentFlags, string, RegExp]>([
    [
      'all',
      { manifests: 'k8s' },
      '--manifests needs --app, -n and --context too',
      /--app <name> -n .*--context/,
    ],
    ['one', { ...complete, app: undefined }, '--manifests needs --app too', /^add --app <name>$/],
    ['the folder', { app: 'blog' }, '--app goes with --manifests, for an app without a workspace', /-e/],
    [
      'no environment',
      { ...complete, environment: 'staging' },
      '--manifests and -e exclude each other',
      /leave -e out/,
    ],
  ])('tells what to add or leave out: %s', (_, flags, message, hint) => {
    expect(failure(flags)).toMatchObject({ code: 'E_USAGE', exit: 'usage', message });
    expect(failure(flags).hints?.[0]).toMatch(hint);
  });

  it('refuses names that Kubernetes would refuse', () => {
    expect(failure({ ...complete, app: 'Blog' }).message).toBe('"Blog" cannot be the value of --app');
    expect(failure({ ...complete, namespace: 'a.b' }).message).toBe(
      '"a.b" cannot be the value of --namespace',
    );
  });
});

function failure(flags: EnvironmentFlags) {
  try {
    folderApp(flags, '/srv');
  } catch (error) {
    return (error as ExpectedError).explanation;
  }
  throw new Error('nothing was thrown');
}
