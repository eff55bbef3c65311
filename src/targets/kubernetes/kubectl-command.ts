import { shellWord } from '../../core/shell-word.ts';

/** A command of kubectl as one has to type it to reach the cluster that we talk to; for hints. */
export type KubectlCommand = (command: string) => string;

export function kubectlCommand(context: string, kubeconfig?: string): KubectlCommand {
  const file = kubeconfig === undefined ? '' : ` --kubeconfig ${shellWord(kubeconfig)}`;
  return (command) => `kubectl --context ${shellWord(context)}${file} ${command}`;
}
