import { folderOf, isOwn, type SourceFile } from './sources.ts';

type Sources = ReadonlyMap<string, SourceFile>;
/** Each returns the violations it finds, as `file: what`. */
export type Rule = (sources: Sources) => string[];

const levels: Record<string, number> = {
  core: 0,
  system: 1,
  workspace: 2,
  manifests: 3,
  plan: 3,
  status: 3,
  observability: 3,
  policy: 3,
  targets: 4,
  'targets/process': 4,
  'targets/docker': 4,
  'targets/kubernetes': 4,
  builds: 4,
  sources: 4,
  scaffold: 4,
  engine: 5,
  actions: 6,
  cli: 7,
};
const pure = new Set(['core', 'manifests', 'plan', 'status', 'observability', 'policy']);
const homes: Record<string, string> = {
  commander: 'cli',
  chalk: 'cli',
  inquirer: 'cli',
  handlebars: 'scaffold',
  execa: 'system',
  dockerode: 'system',
  '@kubernetes/client-node': 'targets/kubernetes',
  socks: 'targets/kubernetes',
  yaml: 'core',
  'js-yaml': 'core',
};
/** Loaded with the program itself; every other package waits until a command needs it. */
const eager = new Set(['commander', 'chalk']);
const ports = new Set(['targets/target.ts', 'targets/records.ts', 'builds/builder.ts']);

/** 1. A folder imports only lower levels or itself; siblings never import each other. */
export const direction: Rule = (sources) =>
  ownImports(sources).flatMap(({ from, to }) => {
    const [a, b] = [folderOf(from), folderOf(to)];
    if (a === b || (ports.has(to) && levels[a]! >= 4)) return [];
    if (levels[a] === undefined || levels[b] === undefined)
      return [`${from}: unknown folder ${levels[a] === undefined ? a : b}`];
    if (levels[b]! < levels[a]!) return [];
    return [`${from}: imports ${to} (${a} is ${levels[a]}, ${b} is ${levels[b]})`];
  });

/** 2. Pure folders do no input or output. */
export const purity: Rule = (sources) =>
  files(sources, ({ path }) => pure.has(folderOf(path))).flatMap((file) => [
    ...file.imports
      .filter(
        ({ to, kind }) =>
          kind !== 'type' && (/^node:(?!util$|path$|crypto$)/.test(to) || folderOf(to) === 'system'),
      )
      .map(({ to }) => `${file.path}: pure, but imports ${to}`),
    ...[...file.text.matchAll(/\b(?:process|console)\./g)].map(
      ([use]) => `${file.path}: pure, but uses ${use}`,
    ),
  ]);

/** 3. Each package has one home. */
export const packageHomes: Rule = (sources) =>
  files(sources).flatMap((file) =>
    file.imports
      .filter(({ to }) => !isOwn(to) && !to.startsWith('node:') && homes[to] !== folderOf(file.path))
      .map(({ to }) => `${file.path}: ${to} belongs to ${homes[to] ?? 'no folder'}`),
  );

/** 4. Engine and actions know ports, never an implementation; only the composition root loads one, and late. */
export const portsOnly: Rule = (sources) =>
  ownImports(sources).flatMap(({ from, to, kind }) => {
    const folder = folderOf(from);
    const implementation = /^(?:targets|builds|sources)/.test(folderOf(to)) && !ports.has(to);
    if (!implementation) return [];
    if (folder === 'engine' || folder === 'actions') return [`${from}: knows ${to}`];
    return folder === 'cli' && kind === 'static' ? [`${from}: loads ${to} with the program`] : [];
  });

/** 5. What an entry imports statically holds no package but those allowed. */
export const closure =
  (entry: string, allowed: ReadonlySet<string>): Rule =>
  (sources) => {
    const seen = new Set<string>();
    const packages: string[] = [];
    const visit = (path: string) => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const { to, kind } of sources.get(path)?.imports ?? []) {
        if (kind !== 'static') continue;
        if (sources.has(to)) visit(to);
        else if (!isOwn(to) && !to.startsWith('node:') && !allowed.has(to))
          packages.push(`${path}: loads ${to} with ${entry}`);
      }
    };
    visit(entry);
    return packages;
  };

/** 6. Only the entries end the process; only cli/ui writes. */
export const oneMouth: Rule = (sources) =>
  files(sources).flatMap(({ path, text }) => {
    const found: string[] = [];
    const entry = path === 'cli/main.ts' || path === 'targets/process/supervisor.ts';
    if (!entry && /\bprocess\.exit(?:Code)?\b/.test(text)) found.push(`${path}: ends the process`);
    if (!path.startsWith('cli/ui/') && /\bconsole\.|\bprocess\.std(?:out|err)\.write/.test(text))
      found.push(`${path}: writes to the terminal`);
    return found;
  });

/** 7. A file is one idea. */
export const size: Rule = (sources) =>
  files(sources)
    .filter(({ text }) => text.split('\n').length > 400)
    .map(({ path }) => `${path}: over 400 lines`);

export const rules: Record<string, Rule> = {
  direction,
  purity,
  packageHomes,
  portsOnly,
  cliClosure: closure('cli/main.ts', eager),
  supervisorClosure: closure('targets/process/supervisor.ts', new Set()),
  oneMouth,
  size,
};

function files(sources: Sources, filter: (file: SourceFile) => boolean = () => true): SourceFile[] {
  return [...sources.values()].filter(filter);
}

function ownImports(sources: Sources): { from: string; to: string; kind: string }[] {
  return files(sources).flatMap((file) =>
    file.imports.filter(({ to }) => isOwn(to)).map(({ to, kind }) => ({ from: file.path, to, kind })),
  );
}
