import { type DeployResult, deploy } from '../../actions/deploy.ts';
import { reviewAgainst } from '../../actions/saved-plan.ts';
import { formatDuration } from '../../core/duration.ts';
import { placeFlags } from '../../core/place-flags.ts';
import { author } from '../../system/author.ts';
import { selectServices } from '../../workspace/select.ts';
import type { DeployFlags } from '../commands/deploy.ts';
import { type Context, checkBefore, openContext, withTarget } from '../context.ts';
import { isFolderApp } from '../folder-app.ts';
import type { Invocation } from '../invocation.ts';
import { assertSameApp, requestOf } from '../plan-request.ts';
import { consentFor } from '../ui/consent.ts';
import { changeDetails } from '../ui/plan-text.ts';
import type { Style } from '../ui/style.ts';

export async function runDeploy(
  names: readonly string[],
  given: DeployFlags,
  { ui, signal }: Invocation,
): Promise<void> {
  const started = Date.now();
  const file = given.plan ?? '';
  const asked = given.plan === undefined ? undefined : await requestOf(file, names, given);
  const saved = asked?.saved;
  const flags = asked?.flags ?? given;
  const context = await openContext(flags, signal);
  if (saved) assertSameApp(saved, file, context.workspace);
  const services = selectServices(context.workspace, asked?.services ?? names);
  // Whoever names a plan has agreed to it.
  const agreed = { yes: flags.yes || saved !== undefined };
  const result = await withTarget(context, async (target) => {
    target.prepare?.();
    await checkBefore(context, services, { ui });
    return deploy(
      {
        services,
        timeout: flags.timeout,
        wait: flags.wait,
        allowRemovals: flags.allowRemovals,
        rollbackOnFailure: flags.rollbackOnFailure,
      },
      {
        ...context,
        target,
        supply: await context.supply(),
        who: author(process.env),
        consent: consentFor(context, agreed, { ui, signal }),
        // No other command shows what going back would change, so the question does.
        consentBack: consentFor(context, agreed, { ui, signal }, changeDetails),
        review: saved && reviewAgainst(saved, file, { target, emit: ui.emit }),
        emit: ui.emit,
        signal,
      },
    );
  });
  ui.result('deploy', result, () => '');
  const ms = Date.now() - started;
  ui.say((style) => summary(result, context, { count: services.length, wait: flags.wait, ms }, style));
}

function summary(
  result: DeployResult,
  context: Context,
  { count, wait, ms }: { count: number; wait: boolean; ms: number },
  { colour }: Style,
): string {
  const { workspace, environment } = context;
  const took = formatDuration(ms);
  const { release } = result;
  if (!result.changed) {
    const what =
      release === undefined
        ? `${workspace.name} on ${environment.name} is as it should be`
        : `release ${release} is live and unchanged`;
    return `Nothing to do: ${what}. ${took}\n`;
  }
  const { name, flags } = environment;
  const isDefault = flags === undefined && name === workspace.defaultEnvironment;
  const flag = isDefault ? '' : ` ${placeFlags({ environment: name, flags })}`;
  // A folder of manifests is no service to those who wrote it.
  const there = result.changes.filter(({ action }) => action !== 'remove').length;
  const isFolder = isFolderApp(workspace);
  const [number, one] = isFolder ? [there, 'object'] : [count, 'service'];
  const parts = `${number} ${one}${number === 1 ? '' : 's'}`;
  const subject = release === undefined ? workspace.name : `Release ${release} of ${workspace.name}`;
  const text = wait
    ? `${subject} is live on ${environment.name}: ${parts} ready. ${took}`
    : `${subject} is on its way to ${environment.name}: ${parts}, not waited for. ${took}`;
  const next = [
    `cloudnative status${flag}`,
    `cloudnative logs -f${flag}`,
    ...(isFolder ? [] : [`cloudnative scrape-config${flag} > prometheus.yml`]),
  ];
  return `${colour.bold(text)}\n\n${next.map((line) => `  ${line}\n`).join('')}`;
}
