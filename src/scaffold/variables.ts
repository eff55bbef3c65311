import type { Language, Ports } from '../workspace/model.ts';
import { pythonPackage } from './python-package.ts';
import { isWindowsDevice } from './windows-device.ts';

/** What a service is made from; kept in its `.cloudnative/template.json`. */
export interface Answers {
  /** A DNS-1035 label, as are all names here. */
  name: string;
  language: Language;
  /** The workspace's name. */
  app: string;
  calls: readonly string[];
  ports: Ports;
  /** Path from the service's folder to the JSON Schema of `service.yaml`. */
  schema: string;
}

/** What a template may use. */
export interface Variables extends Names {
  app: string;
  goModule: string;
  pythonPackage: string;
  calls: readonly (Names & { env: string })[];
  ports: Ports;
  schema: string;
}

interface Names {
  name: string;
  pascal: string;
  camel: string;
  snake: string;
}

export function templateVariables({ name, app, calls, ports, schema }: Answers): Variables {
  return {
    ...namesOf(name),
    app,
    goModule: goModule(name),
    pythonPackage: pythonPackage(name),
    calls: calls.map((callee) => ({ ...namesOf(callee), env: urlVariable(callee) })),
    ports,
    schema,
  };
}

function namesOf(name: string): Names {
  const words = name.split('-').filter((word) => word !== '');
  const pascal = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return {
    name,
    pascal,
    camel: pascal[0]!.toLowerCase() + pascal.slice(1),
    snake: name.replaceAll('-', '_'),
  };
}

/** Go refuses path elements that Windows keeps for devices, and cannot import from `vendor`: golang.org/ref/mod#go-mod-file-ident. */
function goModule(name: string): string {
  const reserved = isWindowsDevice(name) || name === 'vendor';
  return `example.com/${reserved ? `${name}-service` : name}`;
}

/** The environment variable with a called service's address. */
function urlVariable(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_URL`;
}
