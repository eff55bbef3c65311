const milliseconds = { ms: 1, s: 1000, m: 60_000 };

/** Reads typed settings from environment variables and keeps every problem, so that one start shows them all. */
export class Settings {
  readonly problems: string[] = [];
  /** What is in effect, under the names of the variables. */
  readonly effective: Record<string, string | number> = {};
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  text(name: string, fallback: string): string {
    const value = this.#env[name] || fallback;
    this.effective[name] = value;
    return value;
  }

  port(name: string, fallback: number): number {
    const value = this.text(name, String(fallback));
    const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    if (port < 1 || port > 65_535) this.#refuse(name, value, 'a port from 1 to 65535');
    this.effective[name] = port;
    return port;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[], fallback: Value): Value {
    const value = this.text(name, fallback);
    const found = values.find((allowed) => allowed === value);
    if (!found) this.#refuse(name, value, `one of ${values.join(', ')}`);
    return found ?? fallback;
  }

  /** In milliseconds. */
  duration(name: string, fallback: string, minimum = 0): number {
    const value = this.text(name, fallback);
    const [, amount, unit] = /^(\d{1,4})(ms|s|m)$/.exec(value) ?? [];
    const duration = Number(amount) * milliseconds[unit as keyof typeof milliseconds];
    if (!(duration >= minimum)) this.#refuse(name, value, 'a duration such as 500ms, 2s or 1m');
    return duration;
  }

  /** Without a slash at its end. */
  url(name: string, fallback: string): string {
    const value = this.text(name, fallback);
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
      // The value is not shown: it may hold a password.
      this.problems.push(`${name}: must be an http or https URL without user and password`);
    }
    return value.replace(/\/+$/, '');
  }

  #refuse(name: string, value: string, wanted: string): void {
    this.problems.push(`${name}: must be ${wanted}, not ${JSON.stringify(value)}`);
  }
}
