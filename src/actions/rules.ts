import { ExpectedError } from '../core/errors.ts';
import type { Deployed } from '../observability/capabilities/capability.ts';
import { ruleFile } from '../observability/rules/rule-file.ts';
import { ruleTests } from '../observability/rules/rule-tests.ts';
import { runbook } from '../observability/rules/runbook.ts';
import type { GeneratedFile } from '../system/write-generated.ts';

/** Without a base, links lead to the folder of pages beside the rules. */
const besideRules = 'runbooks';

export function rulesText(services: readonly Deployed[], base: string = besideRules): string {
  return ruleFile(services, base);
}

/** The rules, their tests and the pages that alerts link to. */
export function rulesFiles(services: readonly Deployed[], base?: string): GeneratedFile[] {
  return [
    { path: 'rules.yml', text: rulesText(services, base) },
    { path: 'rules_test.yml', text: ruleTests(services, 'rules.yml') },
    ...services.map((service) => ({ path: `${besideRules}/${service.service}.md`, text: runbook(service) })),
  ];
}

/** Where the pages will be served, without a slash at its end. Throws E_USAGE (2) for what is no such address. */
export function runbookBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password)
    return url.href.replace(/\/+$/, '');
  throw new ExpectedError({
    code: 'E_USAGE',
    exit: 'usage',
    message: `${JSON.stringify(text)} is no address that pages could be under`,
    hints: ['--runbooks https://wiki.example.com/runbooks'],
  });
}
