import { hostname, userInfo } from 'node:os';

/** Who runs this, for people: whoever a CI system says it works for, or the user of this machine. */
export function author(env: Readonly<Record<string, string | undefined>>): string {
  if (env.GITHUB_ACTIONS === 'true' && env.GITHUB_ACTOR)
    return `${env.GITHUB_ACTOR} (GitHub run ${env.GITHUB_RUN_ID ?? '?'})`;
  if (env.GITLAB_CI === 'true' && env.GITLAB_USER_LOGIN)
    return `${env.GITLAB_USER_LOGIN} (GitLab job ${env.CI_JOB_ID ?? '?'})`;
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that nobody has given a name.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
