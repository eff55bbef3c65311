import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface TinyService {
  /** Replaces the program; it gets HTTP_PORT and ADMIN_PORT. */
  program?: string;
  build?: string[][];
  /** More lines of service.yaml. */
  more?: string;
}

/** A service of one file and no packages, for tests that are about the tool and not about templates. Returns its folder. */
export async function tinyService(parent: string, name: string, service: TinyService = {}): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  const build = service.build ? `build: ${JSON.stringify(service.build)}\n` : '';
  await writeFile(
    join(folder, 'service.yaml'),
    `name: ${name}\nlanguage: ts\nrun: [node, server.js]\n${build}${service.more ?? ''}`,
  );
  await writeFile(join(folder, 'server.js'), service.program ?? server);
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  return folder;
}

const server = `
const { createServer } = require('node:http');
const answer = (request, response) => {
  console.log(JSON.stringify({ msg: 'request', path: request.url }));
  response.end(request.url === '/metrics' ? 'tiny_up 1\\n' : '{"status":"ready"}');
};
const servers = [process.env.HTTP_PORT, process.env.ADMIN_PORT].map((port) =>
  createServer(answer).listen(Number(port), process.env.HOST || '0.0.0.0'),
);
process.on('SIGTERM', () => servers.forEach((server) => server.close()));
`;

const dockerfile = `FROM node:24-slim
WORKDIR /app
COPY server.js ./
ENV HTTP_PORT=8080 ADMIN_PORT=9100
USER 65532:65532
EXPOSE 8080 9100
CMD ["node", "server.js"]
`;
