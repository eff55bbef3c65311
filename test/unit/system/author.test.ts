import { hostname, userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { author } from '../../../src/system/author.ts';

test('a CI system says for whom it works; elsewhere it is the user of the machine', () => {
  expect(author({ GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'octo', GITHUB_RUN_ID: '4711' })).toBe(
    'octo (GitHub run 4711)',
  );
  expect(author({ GITLAB_CI: 'true', GITLAB_USER_LOGIN: 'ada', CI_JOB_ID: '12' })).toBe(
    'ada (GitLab job 12)',
  );
  for (const env of [{}, { CI: 'true' }, { GITHUB_ACTIONS: 'true' }])
    expect(author(env)).toBe(`${userInfo().username}@${hostname()}`);
});
