import { newService } from '../../actions/new.ts';
import type { Event } from '../../core/events.ts';
import type { NewFlags } from '../commands/new.ts';
import type { Invocation } from '../invocation.ts';
import { serviceAnswers } from '../ui/service-answers.ts';

const languages = {
  ts: { name: 'TypeScript', tests: 'npm test' },
  go: { name: 'Go', tests: 'go test ./...' },
  python: { name: 'Python', tests: 'make test' },
};

export async function runNew(
  name: string | undefined,
  flags: NewFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const dryRun = Boolean(flags.dryRun);
  const answers = await serviceAnswers(name, flags, signal);
  const told: Event[] = []; // after the heading, which needs the result
  const emit = (event: Event) => void told.push(event);
  const result = await newService({ ...answers, cwd: process.cwd(), dryRun }, { emit, signal });
  const { service, language, folder, ports, readFirst } = result;
  ui.result('new', result, () => (dryRun ? result.files.map((file) => `${folder}/${file}\n`).join('') : ''));
  if (dryRun) return;
  const { name: languageName, tests } = languages[language];
  ui.say(
    ({ colour }) =>
      `${colour.bold(service)}  ${languageName} service, HTTP ${ports.http}, admin ${ports.admin}\n`,
  );
  told.forEach(ui.emit);
  ui.say(
    () => `
Next
  cd ${folder}
  ${'cloudnative deploy'.padEnd(26)} run it here
  ${tests.padEnd(26)} its own tests
Start reading at ${readFirst}: your code goes there.
`,
  );
}
