/** A piece of text that is in both versions, or in one only. */
export interface DiffPart {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** Texts with more words than this are shown whole: comparing takes time with the square of it. */
const MOST_WORDS = 1500;

/** Where less than this share of the longer text stayed, the two have nothing to do with each other. */
const LEAST_IN_COMMON = 0.25;

/** What differs between two texts, word by word: their longest common subsequence stays (Wagner and Fischer, 1974). */
export function diffWords(before: string, after: string): DiffPart[] {
  const old = before.match(/\s+|\S+/g) ?? [];
  const next = after.match(/\s+|\S+/g) ?? [];
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end))
    end += 1;
  const parts = [
    { kind: "same" as const, text: old.slice(0, start).join("") },
    ...middle(old.slice(start, old.length - end), next.slice(start, next.length - end)),
    { kind: "same" as const, text: old.slice(old.length - end).join("") },
  ];
  const result = joined(parts);
  const common = result.reduce(
    (sum, { kind, text }) => (kind === "same" ? sum + text.trim().length : sum),
    0,
  );
  if (before === after || common >= LEAST_IN_COMMON * Math.max(before.length, after.length)) return result;
  return joined([
    { kind: "removed", text: before },
    { kind: "added", text: after },
  ]);
}

/** The same parts, but what comes in the place of something else stands before it: one reads what the text is now. */
export function newFirst(parts: readonly DiffPart[]): DiffPart[] {
  const ordered = [...parts];
  for (let at = 1; at < ordered.length; at += 1) {
    const [old, now] = [ordered[at - 1], ordered[at]];
    if (old?.kind !== "removed" || now?.kind !== "added") continue;
    ordered[at - 1] = now;
    ordered[at] = old;
  }
  return ordered;
}

function middle(old: readonly string[], next: readonly string[]): DiffPart[] {
  if (old.length > MOST_WORDS || next.length > MOST_WORDS) {
    return [
      { kind: "removed", text: old.join("") },
      { kind: "added", text: next.join("") },
    ];
  }
  const width = next.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = next.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        old[row] === next[column]
          ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(lengths[(row + 1) * width + column] ?? 0, lengths[row * width + column + 1] ?? 0);
    }
  }
  const parts: DiffPart[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < next.length) {
    const below = lengths[(row + 1) * width + column] ?? 0;
    const beside = lengths[row * width + column + 1] ?? 0;
    if (row < old.length && column < next.length && old[row] === next[column]) {
      parts.push({ kind: "same", text: old[row] ?? "" });
      row += 1;
      column += 1;
    } else if (column >= next.length || (row < old.length && below >= beside)) {
      parts.push({ kind: "removed", text: old[row] ?? "" });
      row += 1;
    } else {
      parts.push({ kind: "added", text: next[column] ?? "" });
      column += 1;
    }
  }
  return parts;
}

function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.text === "") continue;
    if (last?.kind === part.kind)
      result[result.length - 1] = { kind: part.kind, text: last.text + part.text };
    else result.push(part);
  }
  return result;
}
