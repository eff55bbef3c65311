// Builds dist/: the CLI and the supervisor as ES modules with shared chunks, every package bundled in, nothing left to install.
import { execFileSync } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const started = Date.now();
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const out = join(root, `dist.${process.pid}`);

await generate(root);
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts', supervisor: 'src/targets/process/supervisor.ts' },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  keepNames: true,
  lineLimit: 200,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  define: { CLOUDNATIVE_VERSION: JSON.stringify(version) },
  // CommonJS packages inside the bundle call require for Node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  alias: {
    'whatwg-url': './scripts/stubs/whatwg-url.cjs',
    // Only for ssh:// engines and BuildKit sessions by gRPC, neither of which we use; they are most of dockerode's weight.
    ssh2: './scripts/stubs/unavailable.cjs',
    '@grpc/grpc-js': './scripts/stubs/unavailable.cjs',
    '@grpc/proto-loader': './scripts/stubs/unavailable.cjs',
  },
});
await writeFile(join(root, 'THIRD_PARTY_LICENSES'), await thirdPartyLicenses(root, metafile));
await writeFile(join(out, 'meta.json'), JSON.stringify(outputs(metafile)));
const script = `import { main } from ${JSON.stringify(pathToFileURL(join(out, 'main.js')))}; await main(['--help']);`;
const help = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
await writeFile(join(out, 'prepared.json'), JSON.stringify({ version, help }));

await rm(join(root, 'dist'), { recursive: true, force: true });
await rename(out, join(root, 'dist'));
console.error(`built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s`);

/** Per output file: what it imports statically and dynamically, and the sources and packages in it. Read by the architecture test. */
function outputs({ outputs: files }) {
  const name = (path) => path.slice(path.indexOf('/') + 1);
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => [
      name(path),
      {
        bytes: file.bytes,
        imports: file.imports.map(({ path: to, kind, external }) => ({ to: external ? to : name(to), kind })),
        inputs: Object.keys(file.inputs),
      },
    ]),
  );
}
