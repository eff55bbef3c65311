import { init } from '../../actions/init.ts';
import type { InitFlags } from '../commands/init.ts';
import type { Invocation } from '../program.ts';

export async function runInit(dir: string, flags: InitFlags, { ui }: Invocation): Promise<void> {
  const result = await init({ dir, name: flags.name, cwd: process.cwd() });
  ui.result('init', result, () => '');
  ui.say(({ colour, signs }) => {
    const enter = dir === '.' ? '' : `  cd ${dir}\n`;
    return `${colour.bold(result.name)}  workspace\n  ${colour.green(signs.done)} cloudnative.yaml\n\nNext\n${enter}  cloudnative new orders\n`;
  });
}
