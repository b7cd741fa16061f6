// supabase-js's from() and rpc() against the service: the first step that answers otherwise ends the run.
import assert from 'node:assert/strict';
import { createClient } from '@supabase/supabase-js';
import ws from 'ws';

const { SUPABASE_URL: url, PUBLISHABLE_KEY: publishable, SECRET_KEY: secret } = process.env;
const client = (key, db = {}) => createClient(url, key, { auth: { persistSession: false }, db, realtime: { transport: ws } });
const service = client(secret);
const anon = client(publishable);
const ok = ({ data, error }) => {
  assert.equal(error, null, JSON.stringify(error));
  return data;
};
const titles = (answer) => ok(answer).map((film) => film.title);
const films = () => service.from('films');

// Filters and pages
assert.deepEqual(titles(await anon.from('films').select('title').eq('genre', 'drama').order('id')), ['The running man', 'No studio']);
assert.deepEqual(titles(await films().select('title').in('title', ['Laugh, twice', 'No studio']).order('id')), ['Laugh, twice', 'No studio']);
assert.deepEqual(titles(await films().select().is('studio', null)), ['No studio']);
assert.deepEqual(titles(await films().select().ilike('title', '%RUN%')), ['The running man']);
assert.deepEqual(titles(await films().select().textSearch('words', 'run', { config: 'english' })), ['The running man']);
assert.deepEqual(titles(await films().select().textSearch('title', 'laughing', { type: 'websearch', config: 'english' })), ['Laugh, twice']);
assert.deepEqual(titles(await films().select().contains('details', { length: 100 })), ['Laugh, twice']);
assert.deepEqual(titles(await films().select().or('rating.lt.2,and(genre.eq.comedy,rating.is.null)').order('id')), ['Quote "this" (now)', 'No studio']);
assert.deepEqual(titles(await films().select().not('studio', 'in', '(1,2)')), []);
assert.deepEqual(titles(await films().select().match({ genre: 'comedy', studio: 2 })), ['Quote "this" (now)']);
assert.deepEqual(titles(await films().select('title').order('rating', { ascending: false, nullsFirst: false }).limit(2)), ['The running man', 'Laugh, twice']);
const page = await films().select('id', { count: 'exact' }).order('id').range(1, 2);
assert.deepEqual([page.status, page.count, page.data.map((film) => film.id)], [206, 4, [2, 3]]);
const head = await films().select('*', { count: 'exact', head: true });
assert.deepEqual([head.count, head.data], [4, null]);
assert.equal((await films().select('id', { count: 'estimated' })).count, 4);
assert.equal(typeof (await films().select('id', { count: 'planned' })).count, 'number');
assert.equal((await films().select('title').eq('id', 1).single()).data.title, 'The running man');
assert.equal((await films().select().eq('id', 99).maybeSingle()).data, null);
assert.equal((await films().select().single()).error.code, 'PGRST116');
assert.equal((await films().select('id,title').eq('id', 1).csv()).data, 'id,title\n1,"The running man"');
assert.equal((await films().select('title').gte('id', 1).abortSignal(AbortSignal.timeout(5000))).data.length, 4);

// Columns: JSON paths, casts, computed ones, odd names
assert.deepEqual(ok(await films().select('length:details->>length, details->tags->0, rating::text, shout').eq('id', 1)), [
  { length: '90', tags: 'a', rating: '7.50', shout: 'THE RUNNING MAN' },
]);
assert.deepEqual(ok(await service.from('odd "names"').select('"a,b", "select"').eq('"c.d"', 'y')), [{ 'a,b': 1, select: 'x' }]);

// Embedding
const whole = ok(await films().select('title, studios(name), posters(path), actors(name), casts(part, actors(name))').eq('id', 1).order('name', { referencedTable: 'actors', ascending: false }).single());
assert.deepEqual(whole.studios, { name: 'Pixel' });
assert.deepEqual(whole.posters, { path: 'one.png' }, 'one-to-one is an object');
assert.deepEqual(whole.actors.map((actor) => actor.name), ['Bob', 'Ann']);
assert.deepEqual(whole.casts.find((cast) => cast.part === 'lead').actors, { name: 'Ann' });
assert.deepEqual(titles(await films().select('title, studios!inner(name)').eq('studios.name', 'Ärger & Söhne')), ['Quote "this" (now)']);
assert.deepEqual(titles(await films().select('title, casts!inner(part)').eq('casts.part', 'lead')), ['The running man']);
assert.deepEqual(titles(await films().select('title, ...studios(name)').order('studios(name)', { ascending: false }).limit(1).eq('studio', 1)).length, 1);
assert.deepEqual(ok(await service.from('studios').select('name, films(count)').order('id').limit(1)), [{ name: 'Pixel', films: [{ count: 2 }] }]);
assert.deepEqual(titles(await films().select('title, posters()').not('posters', 'is', null)), ['The running man']);
assert.deepEqual(ok(await service.from('zones').select('name, parent(name), zones(name)').eq('id', 1)), [
  { name: 'root', parent: null, zones: [{ name: 'left' }, { name: 'right' }] },
]);
assert.equal((await service.from('loans').select('id, actors(name)')).error.code, 'PGRST201');
assert.deepEqual(ok(await service.from('loans').select('lender:actors!lender(name), borrower(name)')), [{ lender: { name: 'Ann' }, borrower: { name: 'Bob' } }]);
assert.equal((await films().select('id, zones(id)')).error.code, 'PGRST200');
assert.equal((await films().select('id').eq('studios.name', 'x')).error.code, 'PGRST108');

// Writes
const made = ok(await films().insert({ title: 'Made', rating: '9.999' }).select('id, title, rating, genre').single());
assert.deepEqual([made.title, made.rating, made.genre], ['Made', 10, 'drama']);
assert.equal((await films().insert({ title: 'Quiet' })).status, 201);
assert.equal(ok(await films().insert([{ title: 'A', rating: 1 }, { title: 'B' }], { defaultToNull: false }).select('genre')).length, 2);
assert.equal((await films().insert([{ title: 'A', genre: 'comedy' }, { title: 'B' }])).error.code, '23502');
assert.deepEqual(ok(await service.from('studios').upsert([{ id: 1, name: 'Pixel II' }, { id: 3, name: 'New' }]).select().order('id')).length, 2);
assert.equal((await service.from('studios').upsert({ id: 9, name: 'New' }, { onConflict: 'name', ignoreDuplicates: true })).status, 201);
assert.deepEqual(ok(await films().update({ genre: 'comedy' }).eq('title', 'A').select('genre, studios(name)')), [{ genre: 'comedy', studios: null }]);
assert.equal((await films().update({ rating: 2 }, { count: 'exact' }).in('title', ['A', 'B'])).count, 2);
assert.equal((await films().update({ rating: 2 }).eq('title', 'A').maxAffected(5)).status, 204);
assert.equal((await films().update({ rating: 2 }).in('title', ['A', 'B']).maxAffected(1)).error.code, 'PGRST124');
assert.equal((await films().update({ rating: 2 })).error.code, '21000', 'an update needs a filter, as on a hosted project');
assert.equal((await films().delete()).error.code, '21000');
assert.equal(ok(await films().delete().in('title', ['A', 'B', 'Made', 'Quiet']).select()).length, 4);
assert.equal((await anon.from('films').insert({ title: 'x' })).error.code, '42501');
assert.equal((await anon.from('actors').select()).status, 401);

// Calls
assert.equal(ok(await service.rpc('add_all', { numbers: [1, 2, 3] })), 6);
assert.equal(ok(await service.rpc('add_all', { numbers: [1, 2] }, { get: true })), 3);
assert.deepEqual(ok(await service.rpc('double', { a: 1 })), [{ a: 1 }, { a: 1 }]);
assert.equal(ok(await service.rpc('named', { a: 1 })), 'one');
assert.equal(ok(await service.rpc('named', { a: 1, b: 2 })), 'two');
assert.equal((await service.rpc('named', { a: 1, c: 2 })).error.code, 'PGRST202');
assert.deepEqual(ok(await service.rpc('films_of', { studio_name: 'Pixel II' }).select('title, actors(name)').gt('rating', 7)), [
  { title: 'The running man', actors: [{ name: 'Ann' }, { name: 'Bob' }] },
]);
assert.equal(ok(await service.rpc('rename', { film: 4, title: 'Renamed' }).select('title').single()).title, 'Renamed');
assert.equal((await service.rpc('rename', { film: 4, title: 'x' }, { get: true })).error.code, '25006');
assert.deepEqual(ok(await anon.rpc('seen')), {
  method: 'POST', path: '/rpc/seen', agent: ok(await anon.rpc('seen')).agent, timeout: '3s', read_only: 'on', role: 'anon',
});
assert.equal((await anon.rpc('too_old')).status, 426);
assert.equal((await anon.rpc('wait', { seconds: 4 })).error.code, '57014');
assert.deepEqual(ok(await client(secret, { schema: 'worker' }).rpc('hello', { version: 1 })), { version: 1, host: 'here' });
assert.equal((await service.schema('auth').from('users').select()).error.code, 'PGRST106');

console.log('done');
