import { relative } from 'node:path';
import { ExpectedError } from '../core/errors.ts';
import { runTool } from '../system/run-tool.ts';

interface Tool {
  command: string;
  args: readonly string[];
}

const timeout = 60_000;

/** The one text that kustomize or Helm makes of a folder of theirs; undefined for plain files. Throws E_TOOL_MISSING (4). */
export async function renderFolder(
  folder: string,
  names: readonly string[],
  release: { name: string; namespace: string },
): Promise<{ file: string; text: string }[] | undefined> {
  const tools = toolsFor(names, release);
  if (!tools) return undefined;
  for (const { command, args } of tools.candidates) {
    const text = await runTool(command, [...args, folder], { timeout });
    const shown = relative(process.cwd(), folder) || '.';
    if (text !== undefined) return [{ file: `(${[command, ...args, shown].join(' ')})`, text }];
  }
  throw new ExpectedError({
    code: 'E_TOOL_MISSING',
    exit: 'notFound',
    message: `${tools.candidates[0]!.command} is needed to render the manifests, and is not installed`,
    where: `${relative(process.cwd(), folder) || '.'}/${tools.because}`,
    hints: [`install ${tools.candidates.map(({ command }) => command).join(' or ')}, so that it is in PATH`],
  });
}

/** Whether a folder of these names is one that a tool renders. */
export function isRendered(names: readonly string[]): boolean {
  return toolsFor(names, { name: '', namespace: '' }) !== undefined;
}

function toolsFor(
  names: readonly string[],
  { name, namespace }: { name: string; namespace: string },
): { because: string; candidates: readonly Tool[] } | undefined {
  const kustomization = names.find((file) => /^(kustomization\.ya?ml|Kustomization)$/.test(file));
  if (kustomization) {
    const candidates = [
      { command: 'kubectl', args: ['kustomize'] },
      { command: 'kustomize', args: ['build'] },
    ];
    return { because: kustomization, candidates };
  }
  if (!names.includes('Chart.yaml')) return undefined;
  const args = ['template', name, '--namespace', namespace, '--include-crds', '--skip-tests'];
  return { because: 'Chart.yaml', candidates: [{ command: 'helm', args }] };
}
