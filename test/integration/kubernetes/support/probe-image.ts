import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lab } from '../../../support/lab.ts';

const run = promisify(execFile);
const source = join(import.meta.dirname, '../../../fixtures/kubernetes/probe/main.go');

interface Registry {
  host: string;
  user?: string;
  password?: string;
}

/** Compiles the probe service and puts it into a registry, the lab's open one, as an image of one file. Returns its reference by digest. */
export async function pushProbeImage(
  repository: string,
  version = 'one',
  { host, user, password }: Registry = { host: lab.registry! },
): Promise<string> {
  const login: Record<string, string> = user
    ? { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
    : {};
  const layer = await probeLayer();
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/probe'], User: '65532:65532', Labels: { version } },
      rootfs: { type: 'layers', diff_ids: [digest(layer)] },
    }),
  );
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: config.length,
      digest: digest(config),
    },
    layers: [
      {
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar',
        size: layer.length,
        digest: digest(layer),
      },
    ],
  });
  const api = `http://${host}/v2/${repository}`;
  for (const blob of [layer, config]) {
    const upload = await expectOk(fetch(`${api}/blobs/uploads/`, { method: 'POST', headers: login }));
    const location = new URL(upload.headers.get('location')!, api);
    location.searchParams.set('digest', digest(blob));
    await expectOk(
      fetch(location, {
        method: 'PUT',
        body: new Uint8Array(blob),
        headers: { ...login, 'content-type': 'application/octet-stream' },
      }),
    );
  }
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  await expectOk(
    fetch(`${api}/manifests/${version}`, {
      method: 'PUT',
      body: manifest,
      headers: { ...login, 'content-type': type },
    }),
  );
  return `${host}/${repository}@${digest(Buffer.from(manifest))}`;
}

let built: Promise<Buffer> | undefined;

function probeLayer(): Promise<Buffer> {
  built ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cloudnative-probe-'));
    try {
      await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', join(folder, 'probe'), source], {
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
      });
      const tar = ['-cf', '-', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-C', folder, 'probe'];
      return (await run('tar', tar, { encoding: 'buffer', maxBuffer: 2 ** 26 })).stdout;
    } finally {
      await rm(folder, { recursive: true });
    }
  })();
  return built;
}

function digest(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

async function expectOk(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response;
}
