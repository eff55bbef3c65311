import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  /** A path inside src, or the name of a package, or `node:…`. */
  to: string;
  kind: 'static' | 'type' | 'dynamic';
}

export interface SourceFile {
  /** Inside src, with `/`. */
  path: string;
  text: string;
  imports: Import[];
}

/** Every source file by its path inside src. */
export function readSources(src: string): Map<string, SourceFile> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('generated/'))
    .sort();
  return new Map(files.map((path) => [path, sourceFile(path, readFileSync(join(src, path), 'utf8'))]));
}

/** Reads the imports as text: the formatter keeps them in one shape. */
export function sourceFile(path: string, text: string): SourceFile {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const imports: Import[] = [];
  for (const [, keyword, specifier] of code.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm,
  ))
    imports.push({ to: resolve(path, specifier!), kind: keyword ? 'type' : 'static' });
  for (const [, specifier] of code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g))
    imports.push({ to: resolve(path, specifier!), kind: 'dynamic' });
  return { path, text: code, imports };
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

export function isOwn(to: string): boolean {
  return to.endsWith('.ts') || to.endsWith('.js') || to.endsWith('.json');
}

/** What a folder is called in the rules: `targets` for the ports in it, `targets/docker`, `cli`, `core`. */
export function folderOf(path: string): string {
  const [top, next] = path.split('/');
  return top === 'targets' && !next!.endsWith('.ts') ? `${top}/${next}` : top!;
}
