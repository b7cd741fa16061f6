// supabase-js against the service: every step must succeed, the first failure ends the run.
import assert from 'node:assert/strict';
import { createClient } from '@supabase/supabase-js';
import ws from 'ws';

const { SUPABASE_URL: url, PUBLISHABLE_KEY: publishable, SECRET_KEY: secret } = process.env;
const client = (key, auth = {}) =>
  createClient(url, key, { auth: { persistSession: false, ...auth }, realtime: { transport: ws } });
const ok = ({ data, error }) => {
  assert.equal(error, null);
  return data;
};
const credentials = { email: 'ada@example.com', password: 'analytical engine' };

const ada = client(publishable, { autoRefreshToken: false });
const events = [];
ada.auth.onAuthStateChange((event) => void events.push(event));

const signedUp = ok(await ada.auth.signUp({ ...credentials, options: { data: { full_name: 'Ada' } } }));
assert.equal(signedUp.user.user_metadata.full_name, 'Ada');
assert.equal(signedUp.user.role, 'authenticated');
assert.ok(signedUp.session, 'no confirmation is waited for');

const again = await client(publishable).auth.signUp(credentials);
assert.equal(again.error.code, 'user_already_exists');
const wrong = await client(publishable).auth.signInWithPassword({ ...credentials, password: 'wrong one' });
assert.equal(wrong.error.code, 'invalid_credentials');
const weak = await client(publishable).auth.signUp({ email: 'b@example.com', password: '123' });
assert.equal(weak.error.name, 'AuthWeakPasswordError');

const signedIn = ok(await ada.auth.signInWithPassword(credentials));
assert.equal(ok(await ada.auth.getUser()).user.id, signedUp.user.id);
assert.equal(ok(await ada.auth.getClaims()).claims.sub, signedUp.user.id);
const refreshed = ok(await ada.auth.refreshSession());
assert.notEqual(refreshed.session.refresh_token, signedIn.session.refresh_token);

// A second client takes the session over, as a page does after a reload; its access token has expired.
const reloaded = client(publishable, { autoRefreshToken: false });
const resumed = ok(await reloaded.auth.setSession({
  access_token: expired(refreshed.session.access_token),
  refresh_token: refreshed.session.refresh_token,
}));
assert.equal(resumed.user.id, signedUp.user.id);

const updated = ok(await reloaded.auth.updateUser({ data: { theme: 'dark' }, password: 'difference engine' }));
assert.deepEqual([updated.user.user_metadata.theme, updated.user.user_metadata.full_name], ['dark', 'Ada']);
ok(await client(publishable).auth.signInWithPassword({ ...credentials, password: 'difference engine' }));

const guest = client(publishable);
assert.equal(ok(await guest.auth.signInAnonymously()).user.is_anonymous, true);
assert.equal(ok(await guest.auth.updateUser({ email: 'guest@example.com' })).user.is_anonymous, false);

const admin = client(secret).auth.admin;
const worker = ok(await admin.createUser({
  email: 'worker@example.com', password: 'a strong one', email_confirm: true, app_metadata: { role: 'worker' },
})).user;
assert.equal(ok(await admin.getUserById(worker.id)).user.app_metadata.role, 'worker');
assert.equal(ok(await admin.listUsers({ page: 1, perPage: 2 })).users.length, 2);
ok(await admin.updateUserById(worker.id, { app_metadata: { role: 'retired' }, ban_duration: '1h' }));
const banned = await client(publishable).auth.signInWithPassword({ email: worker.email, password: 'a strong one' });
assert.equal(banned.error.code, 'user_banned');
ok(await admin.deleteUser(worker.id));
assert.equal((await admin.getUserById(worker.id)).error.code, 'user_not_found');
assert.equal((await client(publishable).auth.admin.listUsers()).error.code, 'not_admin');

const unsupported = await client(publishable).auth.signInWithOtp({ email: 'ada@example.com' });
assert.equal(unsupported.error.status, 501);
assert.match(unsupported.error.message, /local-supabase does not support .*otp/);

assert.equal((await reloaded.auth.signOut({ scope: 'global' })).error, null);
assert.equal((await ada.auth.refreshSession(refreshed.session)).error.code, 'refresh_token_not_found');
assert.ok(events.includes('SIGNED_IN') && events.includes('TOKEN_REFRESHED'), String(events));
console.log('done');
process.exit(0);

/** The same token with an expiry in the past, which a client judges without checking the signature. */
function expired(token) {
  const [header, payload, signature] = token.split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url')), exp: 1 };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}
