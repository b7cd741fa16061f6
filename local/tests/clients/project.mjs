// supabase-js's storage and channels, and tus-js-client: the first step that goes otherwise ends the run.
import assert from 'node:assert/strict';
import { createClient } from '@supabase/supabase-js';
import tus from 'tus-js-client';
import ws from 'ws';

const { SUPABASE_URL: url, PUBLISHABLE_KEY: publishable, SECRET_KEY: secret } = process.env;
const options = { auth: { persistSession: false, autoRefreshToken: false }, realtime: { transport: ws } };
const service = createClient(url, secret, options);
const ok = ({ data, error }) => {
  assert.equal(error, null, JSON.stringify(error));
  return data;
};
const user = async (name) => {
  const client = createClient(url, publishable, options);
  const { user: { id }, session } = ok(await client.auth.signUp({ email: `${name}@example.com`, password: 'a long password' }));
  await client.realtime.setAuth(session.access_token);
  return { client, id, token: session.access_token, files: client.storage.from('files') };
};
const ada = await user('ada');
const eve = await user('eve');
const own = (name) => `${ada.id}/${name}`;
const text = async (answer) => ok(answer).text();

// Objects
ok(await ada.files.upload(own('a.txt'), 'first', { contentType: 'text/plain' }));
assert.equal(await text(await ada.files.download(own('a.txt'))), 'first');
assert.equal((await ada.files.upload(own('a.txt'), 'again')).error.statusCode, '409');
ok(await ada.files.upload(own('a.txt'), 'second', { upsert: true, contentType: 'text/plain' }));
ok(await ada.files.update(own('a.txt'), 'third', { contentType: 'text/plain' }));
assert.equal((await ada.files.info(own('a.txt'))).data.size, 5);
assert.equal(ok(await ada.files.exists(own('a.txt'))), true);
ok(await ada.files.copy(own('a.txt'), own('b.txt')));
ok(await ada.files.move(own('b.txt'), own('c.txt')));
const names = async ({ files }) => ok(await files.list(ada.id)).map((object) => object.name);
assert.deepEqual(await names(ada), ['a.txt', 'c.txt']);

// Others
assert.deepEqual(await names(eve), []);
assert.notEqual((await eve.files.download(own('a.txt'))).error, null);
assert.notEqual((await eve.files.upload(own('x.txt'), 'x')).error, null);

// Signed addresses
const signed = ok(await ada.files.createSignedUrl(own('a.txt'), 60)).signedUrl;
assert.equal(await (await fetch(signed)).text(), 'third');
assert.equal(ok(await ada.files.createSignedUrls([own('a.txt'), own('c.txt')], 60)).length, 2);
const { path, token } = ok(await ada.files.createSignedUploadUrl(own('signed.txt')));
ok(await createClient(url, publishable, options).storage.from('files').uploadToSignedUrl(path, token, 'signed'));
assert.equal(await text(await ada.files.download(path)), 'signed');
assert.equal(ok(await ada.files.remove([own('c.txt'), path])).length, 2);

// Uploads in parts: interrupted after the first, and gone on with by another upload
const bytes = Buffer.alloc(13 << 20, 7);
const resumable = (extra) => new Promise((done, failed) => {
  const upload = new tus.Upload(bytes, {
    endpoint: `${url}/storage/v1/upload/resumable`,
    headers: { authorization: `Bearer ${ada.token}`, apikey: publishable },
    metadata: { bucketName: 'files', objectName: own('large.bin'), contentType: 'application/octet-stream' },
    chunkSize: 6 << 20,
    onError: failed,
    onSuccess: () => done(upload.url),
    ...extra(() => upload, done),
  });
  upload.start();
});
const begun = await resumable((upload, done) => ({
  onChunkComplete: async () => {
    await upload().abort();
    done(upload().url);
  },
}));
const offsets = [];
await resumable(() => ({ uploadUrl: begun, onChunkComplete: (_size, accepted) => offsets.push(accepted) }));
assert.ok(offsets[0] > 6 << 20, 'it went on where it was interrupted');
assert.equal(ok(await ada.files.download(own('large.bin'))).size, bytes.length);

// Channels
const joined = (channel) => new Promise((done, failed) => {
  channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? done(channel) : failed(error ?? new Error(status))));
});
const within = (what, promise) => Promise.race([promise, new Promise((_, failed) => setTimeout(() => failed(new Error(`no ${what}`)), 10_000))]);
const topic = `user:${ada.id}`;
const isPrivate = { config: { private: true } };
const listener = ada.client.channel(topic, isPrivate);
const heard = new Promise((done) => listener.on('broadcast', { event: 'note' }, ({ payload }) => done(payload.word)));
await within('join', joined(listener));
await assert.rejects(within('refusal', joined(eve.client.channel(topic, isPrivate))), /Unauthorized/);
ok(await service.rpc('say', { topic, word: 'hello' }));
assert.equal(await within('broadcast', heard), 'hello');

const changes = ada.client.channel('changes');
const inserted = new Promise((done) => changes.on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'notes' }, ({ new: row }) => done(row.body)));
const listening = new Promise((done) => changes.on('system', {}, ({ status }) => status === 'ok' && done()));
await within('join', joined(changes));
await within('system', listening);
ok(await service.from('notes').insert({ owner: ada.id, body: 'text' }));
assert.equal(await within('change', inserted), 'text');

const room = eve.client.channel('room', { config: { presence: { key: 'eve' } } });
const present = new Promise((done) => room.on('presence', { event: 'join' }, ({ key, newPresences }) => done([key, newPresences[0].mood])));
await within('join', joined(room));
assert.equal(await room.track({ mood: 'curious' }), 'ok');
assert.deepEqual(await within('presence', present), ['eve', 'curious']);

await Promise.all([ada, eve].map(({ client }) => client.removeAllChannels()));
console.log('done');
process.exit(0);
