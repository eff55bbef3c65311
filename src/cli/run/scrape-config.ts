import { resolve } from 'node:path';
import { explainScrape } from '../../actions/explain-scrape.ts';
import { type Scraped, scraped } from '../../actions/scrape-config.ts';
import { ExpectedError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { stringifyYaml } from '../../core/yaml.ts';
import { discoveryAccess } from '../../observability/discovery-access.ts';
import { fileTargets } from '../../observability/file-sd.ts';
import { podMonitors } from '../../observability/pod-monitors.ts';
import { type KubernetesSource, scrapeConfig, scrapeFragment } from '../../observability/scrape-config.ts';
import { checkWithPromtool } from '../../system/promtool.ts';
import type { Environment } from '../../workspace/model.ts';
import { selectServices } from '../../workspace/select.ts';
import type { ScrapeConfigFlags } from '../commands/scrape-config.ts';
import { type Context, openContext } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { explainText } from '../ui/explain-text.ts';
import { checkScrapeFlags, serviceAccountOf } from './scrape-config-flags.ts';

export async function runScrapeConfig(
  names: string[],
  flags: ScrapeConfigFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const context = await openContext(flags, signal);
  checkScrapeFlags(flags, context.environment);
  const account = serviceAccountOf(flags.serviceAccount);
  const services = selectServices(context.workspace, names);
  const found = await scraped({ services }, { ...context, source: context.scrapeSource });
  const print = (data: unknown, text: string) => ui.result('scrape-config', data, () => text);

  if (flags.explain) {
    const name = flags.explain === true ? undefined : flags.explain;
    const jobs = await explainScrape(found, { ...context, name });
    ui.result('scrape-config', { jobs }, (style) =>
      explainText(jobs, style, { detailed: name !== undefined }),
    );
  } else if (flags.rbac) {
    printObjects(discoveryAccess(found.scope, inCluster(found), account), print);
  } else if (flags.format === 'podmonitor') {
    printObjects(podMonitors(found.scope, inCluster(found)), print);
  } else if (flags.format === 'file-sd') {
    const targets = fileTargets(await explainScrape(found, context));
    const without = found.scope.services.filter(
      (name) => !targets.some(({ labels }) => labels.service === name),
    );
    if (without.length > 0 && !isFolder(found))
      ui.emit({
        type: 'warning',
        message: `nothing of ${without.join(', ')} can be scraped now: --explain tells why`,
      });
    print(targets, `${JSON.stringify(targets, null, 2)}\n`);
  } else {
    await printConfig(found, flags, context, { ui, signal }, print);
  }
}

type Print = (data: unknown, text: string) => void;

async function printConfig(
  { scope, source }: Scraped,
  flags: ScrapeConfigFlags,
  { environment }: Context,
  { ui }: Pick<Invocation, 'ui' | 'signal'>,
  print: Print,
): Promise<void> {
  const kubeconfig = flags.kubeconfig && (await kubeconfigFor(flags.kubeconfig, environment));
  const outside = kubeconfig && source.kind === 'kubernetes' ? { ...source, kubeconfig } : source;
  if (flags.check) {
    // promtool knows no fragments, but the whole is valid if and only if its jobs are.
    const checked = await checkWithPromtool(stringifyYaml(scrapeConfig(scope, outside)));
    ui.say(() =>
      checked ? 'promtool: the configuration is valid\n' : 'promtool was not found: not checked\n',
    );
  }
  const config = flags.fragment ? scrapeFragment(scope, outside) : scrapeConfig(scope, outside);
  print(config, stringifyYaml(config));
}

/** Prometheus looks for the file from its own folder, and follows the current context of it, whatever the environment says. */
async function kubeconfigFor(file: string, { context, name }: Environment): Promise<string> {
  const { currentContext } = await import('../../targets/kubernetes/api/current-context.ts');
  const current = await currentContext(file);
  if (current === undefined) return file; // it may be of the machine that Prometheus runs on
  if (current === context) return resolve(file);
  const [from, to] = [shellWord(file), shellWord(`${context}.kubeconfig`)];
  throw new ExpectedError({
    code: 'E_OTHER_CONTEXT',
    exit: 'notFound',
    message: `Prometheus would look for ${name} in another cluster`,
    where: file,
    why: `it follows the current context, which is ${current === '' ? 'not set' : JSON.stringify(current)}, not ${JSON.stringify(context)}`,
    hints: [
      `kubectl --kubeconfig ${from} config view --raw --minify --flatten --context ${shellWord(context!)} > ${to}`,
      `then give --kubeconfig ${to}`,
    ],
  });
}

function printObjects(objects: readonly object[], print: Print): void {
  print(objects, objects.map(stringifyYaml).join('---\n'));
}

/** The flags were held to it. */
function inCluster({ source }: Scraped): KubernetesSource {
  return source as KubernetesSource;
}

function isFolder({ source }: Scraped): boolean {
  return source.kind === 'kubernetes' && source.workloads !== undefined;
}
