// Reads the examples of a Markdown file: a block of shell, what comments before it ask for, and the answer after it.

/**
 * A comment at the end of the shell block, `# NAME=path, …`, puts values of the answer into variables of later examples (a
 * header's name for an `http` answer). Directives, in a comment right before the block, `;` between them:
 * `until: path=value` runs it again until the answer has that value; `daemon: stop` and `daemon: go` hold the daemon.
 */
export function examplesIn(markdown) {
  const lines = markdown.split("\n");
  const examples = [];
  let directives = {};
  let heading = "";
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const comment = /^<!-- (.*) -->$/.exec(line);
    const fence = /^```(\w*)$/.exec(line);
    if (comment) {
      directives = directivesIn(comment[1]);
    } else if (line.startsWith("#")) {
      heading = line.replace(/^#+ /, "");
    } else if (fence) {
      const end = lines.indexOf("```", at + 1);
      const text = lines.slice(at + 1, end).join("\n");
      if (fence[1] === "sh") {
        const [, kept] = /\n# (\w+=.*)$/.exec(text) ?? [];
        const keep = pairsIn(kept ?? "");
        examples.push({ line: at + 1, heading, command: text, directives: { ...directives, keep } });
      }
      if (["json", "http", "text"].includes(fence[1]) && examples.length > 0)
        examples.at(-1).answer ??= { kind: fence[1], text };
      directives = {};
      at = end;
    }
  }
  return examples;
}

function directivesIn(text) {
  return Object.fromEntries(
    text.split("; ").map((part) => {
      const [name, value = ""] = part.split(/: (.*)/s);
      return [name, name === "until" ? pairsIn(value) : value];
    }),
  );
}

function pairsIn(text) {
  return text === "" ? [] : text.split(", ").map((pair) => pair.split("="));
}

/** The value at a path: `.a.b`, `0.status`. */
export function valueAt(value, path) {
  return path
    .split(".")
    .filter((part) => part !== "")
    .reduce((inner, part) => inner?.[part], value);
}

const KINDS = {
  "<number>": (value) => typeof value === "number",
  "<boolean>": (value) => typeof value === "boolean",
  "<object>": (value) => typeof value === "object" && value !== null,
  "<any>": () => true,
};
const PATTERNS = {
  uuid: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  time: "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)",
  number: "\\d+(?:\\.\\d+)?",
  url: "https?://\\S+",
  token: "\\S+",
  text: "[^]*?",
};

/** A pattern that text with placeholders stands for. */
export function patternOf(text) {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const filled = escaped.replace(/<(\w+)>/g, (_, kind) => {
    if (!PATTERNS[kind]) throw new Error(`there is no placeholder <${kind}>`);
    return `(?:${PATTERNS[kind]})`;
  });
  return new RegExp(`^${filled}$`);
}

/** The differences between an answer and what it should look like, each with its place. */
export function differences(actual, expected, place = "$") {
  if (typeof expected === "string" && KINDS[expected]) {
    return KINDS[expected](actual) ? [] : [`${place}: ${JSON.stringify(actual)} is no ${expected}`];
  }
  if (typeof expected === "string") {
    const matches = typeof actual === "string" && patternOf(expected).test(actual);
    return matches ? [] : [`${place}: ${JSON.stringify(actual)} is not ${expected}`];
  }
  if (Array.isArray(expected)) return listDifferences(actual, expected, place);
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual))
      return [`${place}: ${JSON.stringify(actual)} is no object`];
    const keys = [...new Set([...Object.keys(actual), ...Object.keys(expected)])];
    return keys.flatMap((key) => {
      if (!(key in expected)) return [`${place}.${key} is not in the document`];
      if (!(key in actual)) return [`${place}.${key} is not in the answer`];
      return differences(actual[key], expected[key], `${place}.${key}`);
    });
  }
  return actual === expected
    ? []
    : [`${place}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`];
}

function listDifferences(actual, expected, place) {
  if (!Array.isArray(actual)) return [`${place}: ${JSON.stringify(actual)} is no list`];
  const open = expected.at(-1) === "…";
  const items = open ? expected.slice(0, -1) : expected;
  if (open ? actual.length < items.length : actual.length !== items.length) {
    return [`${place}: has ${actual.length} items: ${JSON.stringify(actual).slice(0, 500)}`];
  }
  return actual.flatMap((item, index) =>
    differences(item, items[Math.min(index, items.length - 1)], `${place}[${index}]`),
  );
}
