import { prometheusConfig } from '../../actions/scrape-config.ts';
import { stringifyYaml } from '../../core/yaml.ts';
import { checkWithPromtool } from '../../system/promtool.ts';
import { selectServices } from '../../workspace/select.ts';
import type { ScrapeConfigFlags } from '../commands/scrape-config.ts';
import { openContext } from '../context.ts';
import type { Invocation } from '../invocation.ts';

export async function runScrapeConfig(
  names: string[],
  flags: ScrapeConfigFlags,
  { ui }: Invocation,
): Promise<void> {
  const context = await openContext(flags);
  const services = selectServices(context.workspace, names);
  const source = async () => ({
    ...(await context.scrapeSource()),
    ...(flags.kubeconfig ? { kubeconfig: flags.kubeconfig } : {}),
  });
  const text = stringifyYaml(await prometheusConfig({ services }, { ...context, source }));
  if (flags.check) {
    const checked = await checkWithPromtool(text);
    ui.say(() =>
      checked ? 'promtool: the configuration is valid\n' : 'promtool was not found: not checked\n',
    );
  }
  ui.print(text);
}
