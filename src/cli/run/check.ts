import { basename, resolve } from 'node:path';
import { type CheckedFolder, type CheckReport, check } from '../../actions/check.ts';
import { ExpectedError } from '../../core/errors.ts';
import { selectServices } from '../../workspace/select.ts';
import type { CheckFlags } from '../commands/check.ts';
import { manifestFolders, openContext } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { checkText } from '../ui/check-text.ts';

export async function runCheck(names: string[], flags: CheckFlags, { ui }: Invocation): Promise<void> {
  const folders =
    flags.manifests === undefined ? await ofWorkspace(names, flags) : [alone(flags.manifests, names, flags)];
  const { readFolder } = await import('../../sources/read-manifests.ts');
  const report = await check({ folders, podSecurity: flags.podSecurity }, { readFolder });
  if (report.errors === 0) return ui.result('check', report, (style) => checkText(report, style));
  ui.report((style) => checkText(report, style));
  throw invalid(report);
}

async function ofWorkspace(names: readonly string[], flags: CheckFlags): Promise<CheckedFolder[]> {
  const { environment } = flags;
  const context = await openContext({ environment });
  return manifestFolders(context, selectServices(context.workspace, names));
}

function alone(folder: string, names: readonly string[], { recursive }: CheckFlags): CheckedFolder {
  if (names.length > 0) {
    throw new ExpectedError({
      code: 'E_USAGE',
      exit: 'usage',
      message: 'a folder of manifests has no services to choose from',
      hints: [`cloudnative check --manifests ${folder}`],
    });
  }
  const release = { name: basename(resolve(folder)), namespace: 'default', recursive };
  return { folder: resolve(folder), release };
}

function invalid(report: CheckReport): ExpectedError {
  return new ExpectedError({
    code: 'E_MANIFEST',
    exit: 'validation',
    message: report.errors === 1 ? 'a manifest is not valid' : `the manifests have ${report.errors} errors`,
    data: report,
  });
}
