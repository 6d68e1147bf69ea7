// The server API, called as an application's own server calls it: a signed form.
import { createHash } from 'node:crypto';

/** @param {import('./server.mjs').Server} server started with the setting `app_secret` @param {Record<string, string | string[]>} fields */
export async function callApi(server, secret, path, fields) {
  const [nonce, timestamp] = ['1', String(Date.now())];
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      'app-key': 'hongyan',
      nonce,
      timestamp,
      signature: createHash('sha1').update(secret + nonce + timestamp).digest('hex'),
    },
    body: form,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
