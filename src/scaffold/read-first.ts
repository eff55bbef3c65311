import type { Language } from '../workspace/model.ts';
import { pythonPackage } from './python-package.ts';

/** The file of a new service where its owner's code goes, relative to its folder. */
export function readFirst(language: Language, name: string): string {
  switch (language) {
    case 'ts':
      return 'src/service/items.ts';
    case 'go':
      return 'internal/service/items.go';
    case 'python':
      return `src/${pythonPackage(name)}/service/items.py`;
  }
}
