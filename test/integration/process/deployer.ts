import { applyPlan } from '../../../src/engine/apply-plan.ts';
import {
  createProcessTarget,
  type ProcessTargetOptions,
} from '../../../src/targets/process/process-target.ts';
import type { DesiredService } from '../../../src/targets/target.ts';

// A deploy in a process of its own, as the CLI does it: `node deployer.mjs <JSON>`; prints `locked`, then `done` or the failure's code.
interface Task {
  options: ProcessTargetOptions;
  desired: DesiredService[];
  /** Milliseconds to stay in the lock after the deploy. */
  hold: number;
}

const { options, desired, hold }: Task = JSON.parse(process.argv[2]!);
const target = createProcessTarget(options);
const signal = new AbortController().signal;
try {
  await target.locked(async () => {
    process.stdout.write('locked\n');
    await applyPlan(
      await target.plan(desired),
      { timeout: 10_000, wait: true },
      { target, emit: () => undefined, signal },
    );
    await new Promise((resolve) => setTimeout(resolve, hold));
  });
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`${(error as { explanation?: { code: string } }).explanation?.code ?? error}\n`);
  process.exitCode = 1;
}
