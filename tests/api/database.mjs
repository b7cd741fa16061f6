// Where things are in the database: migrations only go forward, so a function's body is in the last of them that replaces it.
// Read from the migrations as docs/database.md.
import { readdir, readFile } from "node:fs/promises";
import { root } from "./project.mjs";

const DIRECTORY = "supabase/migrations";
const SCHEMAS = {
  public: "what users and operators see; `/rest/v1` serves it",
  worker: "what daemons call; every function first asks for the role `worker`",
  private: "helpers, triggers and what nobody may reach through an API",
};

/** The text of docs/database.md. */
export async function describeDatabase() {
  const { functions, tables, triggers, notes } = await readMigrations();
  const about = (kind, name) => notes.get(`${kind} ${name}`) ?? "";
  const parts = Object.entries(SCHEMAS).map(([schema, what]) => {
    const of = (map) =>
      [...map].filter(([name]) => name.startsWith(`${schema}.`)).sort(([a], [b]) => (a < b ? -1 : 1));
    const tableRows = of(tables).map(([name, places]) => [
      code(name),
      links(places.slice(0, 1)),
      links(places.slice(1)),
      about("table", name),
    ]);
    const functionRows = of(functions).map(([name, places]) => [
      code(name),
      links(places.slice(-1)),
      links(places.slice(0, -1)),
      about("function", name),
    ]);
    return [
      `## Schema \`${schema}\`: ${what}`,
      ...grid(["table", "made", "changed", "what it is"], tableRows),
      ...grid(["function", "now", "before", "what it does"], functionRows),
    ].join("\n\n");
  });
  const triggerRows = triggers
    .sort((a, b) => (a.table + a.name < b.table + b.name ? -1 : 1))
    .map(({ table, name, when, calls, place }) => [
      code(table),
      `[${name}](${place.url})`,
      when,
      code(calls),
    ]);
  return `${[INTRODUCTION, ...parts, "## Triggers", ...grid(["table", "trigger", "when", "calls"], triggerRows)].join("\n\n")}\n`;
}

const INTRODUCTION = `# Where things are in the database

Migrations only go forward: what has shipped is never edited, so a function that changed is in several of them, and the last one counts.
This page is read from them, and a test holds it against them: \`UPDATE=1 make api-test API=database\` writes it anew. Beside it: the data model and the
contracts in the comments of each migration, the API in [api.md](api.md), the reasons in [decisions](decisions/).`;

async function readMigrations() {
  const [functions, tables, notes] = [new Map(), new Map(), new Map()];
  const triggers = [];
  const add = (map, name, place) => map.set(name, [...(map.get(name) ?? []), place]);
  for (const file of (await readdir(`${root}${DIRECTORY}`)).sort()) {
    const text = await readFile(`${root}${DIRECTORY}/${file}`, "utf8");
    const placeAt = (at) => {
      const line = text.slice(0, at).split("\n").length;
      const label = file.replace(/^\d{8}(\d{6})_(.*)\.sql$/, "$2");
      return { label, url: `../${DIRECTORY}/${file}#L${line}` };
    };
    for (const [, , name, at] of found(text, /^create (or replace )?function ([a-z_.]+)\(/gm)) {
      add(functions, name, placeAt(at));
      const above = commentAbove(text, at);
      if (above && !notes.has(`function ${name}`)) notes.set(`function ${name}`, above);
    }
    for (const [, name, at] of found(text, /^create table ([a-z_.]+)/gm)) {
      add(tables, name, placeAt(at));
      const above = commentAbove(text, at);
      if (above) notes.set(`table ${name}`, above);
    }
    for (const [, name, at] of found(text, /^alter table ([a-z_.]+)\s+(?!enable row)/gm)) {
      if (tables.has(name) && !tables.get(name).some(({ url }) => url.includes(file)))
        add(tables, name, placeAt(at));
    }
    const trigger =
      /^create (?:constraint )?trigger (\w+) ((?:before|after)[^;]*?)\s+on ([a-z_.]+)([^;]*?)execute function ([a-z_.]+)\(/gm;
    for (const [, name, when, table, , calls, at] of found(text, trigger)) {
      triggers.push({ table, name, when: when.replace(/\s+/g, " "), calls, place: placeAt(at) });
    }
    for (const [, kind, name, said] of found(
      text,
      /^comment on (function|table) ([a-z_.]+)(?:\([^)]*\))? is\s+'((?:[^']|'')*)'/gm,
    )) {
      notes.set(`${kind} ${name}`, said.replaceAll("''", "'"));
    }
  }
  return { functions, tables, triggers, notes };
}

/** Every match as its groups, and where it begins as the last of them. */
function found(text, pattern) {
  return [...text.matchAll(pattern)].map((match) => [...match, match.index]);
}

/** The comment right above, unless it is a rule between parts. */
function commentAbove(text, at) {
  const lines = text.slice(0, at).split("\n").slice(0, -1);
  const comment = [];
  while (lines.at(-1)?.startsWith("-- ") && !lines.at(-1).startsWith("-- ---"))
    comment.unshift(lines.pop().slice(3));
  return comment.join(" ");
}

const code = (name) => `\`${name.replace(/^(public|private|worker)\./, "")}\``;
const links = (places) => places.map(({ label, url }) => `[${label}](${url})`).join(", ");

function grid(heads, rows) {
  if (rows.length === 0) return [];
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [[line(heads), `|${"---|".repeat(heads.length)}`, ...rows.map(line)].join("\n")];
}
