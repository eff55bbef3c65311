import { ConfigError, readConfig } from './platform/config.ts';
import { readVersion } from './platform/version.ts';

const version = readVersion(process.env);

try {
  process.exit(await run(process.argv.slice(2).join(' ')));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`${version.name}: the configuration is not valid\n${error.message}`);
  process.exit(1);
}

/** Returns the exit code. */
async function run(command: string): Promise<number> {
  switch (command) {
    case '': {
      const { config } = readConfig(process.env);
      // Loaded when needed: a health check runs every few seconds and must start fast.
      const { serve } = await import('./serve.ts');
      return serve(config, version);
    }
    case 'healthcheck': {
      const { config } = readConfig(process.env);
      const { healthcheck } = await import('./healthcheck.ts');
      return healthcheck(config.httpPort);
    }
    case '--print-config':
      console.log(JSON.stringify(readConfig(process.env).effective, null, 2));
      return 0;
    case '--version':
      console.log(`${version.name} ${version.version}`);
      return 0;
    default:
      console.error('usage: node dist/main.js [healthcheck | --print-config | --version]');
      return 2;
  }
}
