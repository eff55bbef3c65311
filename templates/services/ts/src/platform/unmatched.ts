import type { FastifyInstance } from 'fastify';
import { Problem, pathOf } from './problem.ts';

/** Answers 405 where only the method is wrong, and 404 where there is nothing, before a body is read. */
export function refuseUnmatched(app: FastifyInstance): void {
  const methodsByRoute = new Map<string, Set<string>>();

  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByRoute.get(url) ?? new Set();
    methodsByRoute.set(url, methods);
    for (const name of [method].flat()) methods.add(name);
  });

  app.addHook('preParsing', async (request, reply) => {
    if (!request.is404) return;
    const path = pathOf(request);
    const route = [...methodsByRoute.keys()].find((route) => patternOf(route).test(path));
    if (!route) throw new Problem(404, 'There is nothing at this path.');
    const allowed = [...(methodsByRoute.get(route) ?? [])].sort().join(', ');
    reply.header('allow', allowed);
    throw new Problem(405, `The methods of this path are ${allowed}.`);
  });
}

function patternOf(route: string): RegExp {
  return new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
}
