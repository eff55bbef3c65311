import { request } from 'node:http';

/** The body of a GET; rejects when the connection ends without an answer. */
export function get(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body)).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
