import { createService } from '../../actions/new.ts';
import type { NewFlags } from '../commands/new.ts';
import type { Invocation } from '../program.ts';
import { serviceAnswers } from '../ui/service-answers.ts';

export async function runNew(
  name: string | undefined,
  flags: NewFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const answers = await serviceAnswers(name, flags, signal);
  const result = await createService(
    { ...answers, cwd: process.cwd(), dryRun: Boolean(flags.dryRun) },
    { signal },
  );
  ui.result('new', result, () =>
    flags.dryRun ? result.files.map((file) => `${result.folder}/${file}\n`).join('') : '',
  );
  if (flags.dryRun) return;
  ui.say(({ colour, signs }) => {
    const done = colour.green(signs.done);
    const language = { ts: 'TypeScript', go: 'Go' }[result.language];
    return [
      `${colour.bold(result.service)}  ${language} service, HTTP ${result.ports.http}, admin ${result.ports.admin}`,
      `  ${done} ${result.files.length} files in ${result.folder}/`,
      ...(result.git ? [`  ${done} git repository`] : []),
      '',
      'Next',
      `  cd ${result.folder}`,
      '  cloudnative deploy          run it here',
      `  ${{ ts: 'npm test      ', go: 'go test ./... ' }[result.language]}              its own tests`,
      `Start reading at ${result.readFirst}: your code goes there.`,
      '',
    ].join('\n');
  });
}
