import { ChevronLeft, ChevronRight } from "lucide-react";
import { type FormEvent, useState } from "react";
import { IconButton } from "@/components/icon-button";
import { Input } from "@/components/input";
import { useReaderData, useReaderParts, useView } from "../state/reader-context";

export const PAGE_FIELD = "reader-page-number";

/** Which page one is on, and a way to others. */
export function PageJump() {
  const { panes } = useReaderParts();
  const { pages } = useReaderData();
  const page = useView((state) => state.page);
  const goTo = useView((state) => state.goTo);
  const [typed, setTyped] = useState<string | null>(null);
  const go = (wanted: number) => {
    const next = Math.min(Math.max(Math.trunc(wanted), 1), Math.max(pages.count, 1));
    goTo(next);
    panes.goTo({ index: next - 1, fraction: 0 });
  };
  if (pages.count === 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = Number(typed);
    if (typed && Number.isFinite(wanted)) go(wanted);
    setTyped(null);
  };
  return (
    <form onSubmit={submit} className="flex items-center gap-0.5" aria-label="Page">
      <IconButton
        label="Previous page"
        shortcut="ArrowLeft"
        size="small"
        type="button"
        disabled={page <= 1}
        onClick={() => go(page - 1)}
      >
        <ChevronLeft aria-hidden />
      </IconButton>
      <Input
        id={PAGE_FIELD}
        aria-label={`Page, of ${pages.count}`}
        inputMode="numeric"
        value={typed ?? String(page)}
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, ""))}
        onFocus={(event) => event.target.select()}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setTyped(null);
          event.currentTarget.blur();
        }}
        className="h-7! w-12! px-1! text-center tabular-nums"
      />
      <span className="whitespace-nowrap px-1 text-ink-muted tabular-nums">
        / {pages.count.toLocaleString("en")}
      </span>
      <IconButton
        label="Next page"
        shortcut="ArrowRight"
        size="small"
        type="button"
        disabled={page >= pages.count}
        onClick={() => go(page + 1)}
      >
        <ChevronRight aria-hidden />
      </IconButton>
    </form>
  );
}
