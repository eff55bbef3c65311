import { serviceSchema, workspaceSchema } from './generated/schemas.js';
import { stateFolder, stateIgnore } from './state-folder.ts';

/** The file that makes a folder a workspace. `services` is a pattern such as `services/*`. */
export function workspaceText(name: string, services: string): string {
  return `# yaml-language-server: $schema=${stateFolder}/schemas/workspace.json
version: 1
name: "${name}"
services: ["${services}"]
environments:
  local: {target: process}
  docker: {target: docker}
defaultEnvironment: local
`;
}

/** What belongs beside it, by path. */
export const workspaceCompanions: Readonly<Record<string, string>> = {
  [`${stateFolder}/.gitignore`]: stateIgnore,
  [`${stateFolder}/schemas/service.json`]: serviceSchema,
  [`${stateFolder}/schemas/workspace.json`]: workspaceSchema,
};
