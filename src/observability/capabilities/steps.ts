import type { Deployed } from './capability.ts';

/** What to look at first, whatever the alert is. */
export function look({ service, environment }: Deployed): string[] {
  return [
    `See what runs: \`cloudnative status -e ${environment}\``,
    `Read its last words: \`cloudnative logs ${service} -e ${environment} --tail 200\``,
  ];
}

/** The way back when a deploy is to blame. Only clusters keep releases to go back to. */
export function undo({ service, environment, place }: Deployed): string {
  return place === 'kubernetes'
    ? `If it began with a deploy (\`cloudnative history -e ${environment}\`), go back first and find out later: \`cloudnative rollback -e ${environment}\``
    : `If it began with a deploy, check out the version before and run \`cloudnative deploy ${service} -e ${environment}\``;
}
