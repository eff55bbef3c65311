import { initWorkspace } from '../../actions/init.ts';
import type { InitFlags } from '../commands/init.ts';
import type { Invocation } from '../invocation.ts';

export async function runInit(dir: string, flags: InitFlags, { ui, signal }: Invocation): Promise<void> {
  const result = await initWorkspace(
    { dir, name: flags.name, cwd: process.cwd() },
    { emit: ui.emit, signal },
  );
  ui.result('init', result, () => '');
  const enter = result.folder === '.' ? '' : `  cd ${result.folder}\n`;
  ui.say(
    ({ colour }) => `${colour.bold(result.name)}  workspace\n\nNext\n${enter}  cloudnative new orders\n`,
  );
}
