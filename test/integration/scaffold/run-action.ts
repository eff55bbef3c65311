// Runs `new` or `init` in a process of its own: node run-action.mjs new|init OPTIONS(JSON). Prints the result, or the error, as JSON.
import { initWorkspace } from '../../../src/actions/init.ts';
import { newService } from '../../../src/actions/new.ts';
import { Cancelled, ExpectedError } from '../../../src/core/errors.ts';

const [action, json] = process.argv.slice(2);
const options = { cwd: process.cwd(), ...JSON.parse(json!) };
const controller = new AbortController();
process.once('SIGTERM', () => controller.abort(new Cancelled('interrupted', 'terminated')));
const deps = { emit: () => {}, signal: controller.signal };

try {
  const result = action === 'new' ? await newService(options, deps) : await initWorkspace(options, deps);
  console.log(JSON.stringify({ ok: true, result }));
} catch (error) {
  if (error instanceof ExpectedError)
    console.log(JSON.stringify({ ok: false, ...error.explanation, cause: undefined }));
  else if (error instanceof Cancelled) console.log(JSON.stringify({ ok: false, code: 'CANCELLED' }));
  else throw error;
}
