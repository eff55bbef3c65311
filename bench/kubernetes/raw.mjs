import { connect } from 'node:http2';

const lanes = 8;

/** Seconds that the same server-side applies take over one HTTP/2 connection, 8 at a time, and nothing else. */
export async function rawApply(
  objects,
  namespace,
  { server, ca, cert, key },
  { dryRun = false, inFlight = lanes } = {},
) {
  const started = performance.now();
  const session = connect(server, { ca, cert, key, settings: { initialWindowSize: 2 ** 20 } });
  let next = 0;
  const lane = async () => {
    while (next < objects.length) await apply(session, objects[next++], namespace, dryRun);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  session.close();
  return (performance.now() - started) / 1000;
}

const plural = {
  ServiceAccount: 'serviceaccounts',
  ConfigMap: 'configmaps',
  Service: 'services',
  Deployment: 'deployments',
  PodDisruptionBudget: 'poddisruptionbudgets',
};

function apply(session, object, namespace, dryRun) {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const query = `fieldManager=bench&force=false&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
  const path = `${root}/namespaces/${namespace}/${plural[kind]}/${metadata.name}?${query}`;
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'PATCH',
      ':path': path,
      'content-type': 'application/apply-patch+yaml',
      accept: 'application/json',
    });
    let status = 0;
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (headers) => {
      status = headers[':status'];
    });
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.once('error', reject);
    stream.once('close', () =>
      status < 300
        ? resolve(JSON.parse(text))
        : reject(new Error(`${path}: ${status} ${text.slice(0, 300)}`)),
    );
    stream.end(JSON.stringify(object));
  });
}
