import type { Zone } from "@zoned/client";
import { KINDS } from "@/theme/kinds";
import { FigurePicture } from "../pdf/figure-picture";
import { useReaderData } from "../state/reader-context";
import { itemsOf } from "./parse-list";
import { ZoneTableView } from "./zone-table-view";

const HEADINGS = ["h3", "h4", "h5", "h6"] as const;
const HEADING_DRESS = [
  "text-[1.35rem] leading-snug font-semibold tracking-tight",
  "text-[1.18rem] leading-snug font-semibold tracking-tight",
  "text-[1.07rem] font-semibold",
  "font-semibold",
  "font-semibold text-ink-muted",
  "font-medium text-ink-muted",
];

/** A zone's content as what it is. `outlineLevel` is that of a heading for screen readers, 3 to 6. */
export function ZoneText({ zone, outlineLevel }: { zone: Zone; outlineLevel: number }) {
  const { content } = zone;
  const Heading = HEADINGS[outlineLevel - 3] ?? "h6";
  switch (zone.kind) {
    case "title":
      return (
        <Heading className="whitespace-pre-line font-semibold text-[1.65rem] leading-tight tracking-tight">
          {content}
        </Heading>
      );
    case "heading": {
      const level = Math.min(Math.max(zone.level ?? 1, 1), 6) - 1;
      return <Heading className={`whitespace-pre-line ${HEADING_DRESS[level] ?? ""}`}>{content}</Heading>;
    }
    case "list":
    case "list_item":
      return <ListText zone={zone} />;
    case "table":
      return zone.table ? (
        <ZoneTableView table={zone.table} />
      ) : (
        <p className="whitespace-pre-wrap">{content}</p>
      );
    case "figure":
      return <Figure zone={zone} />;
    case "caption":
      return <p className="whitespace-pre-line text-[0.929rem] text-ink-muted italic">{content}</p>;
    case "code":
      return (
        <pre className="overflow-x-auto rounded-lg bg-sunken px-3 py-2 font-mono text-[0.893rem] leading-relaxed">
          {content}
        </pre>
      );
    case "formula":
      return (
        <p className="overflow-x-auto whitespace-pre-line py-1 text-center font-serif text-[1.107rem]">
          {content}
        </p>
      );
    case "footnote":
      return <p className="whitespace-pre-line text-[0.893rem] text-ink-muted">{content}</p>;
    case "toc":
      return <p className="whitespace-pre-line tabular-nums leading-loose">{content}</p>;
    case "header":
    case "footer":
    case "page_number":
    case "watermark":
      return (
        <p className="whitespace-pre-line text-[0.857rem] text-ink-subtle">
          <span className="mr-2 rounded bg-sunken px-1.5 py-0.5">{KINDS[zone.kind].label}</span>
          {content}
        </p>
      );
    default:
      return <p className="whitespace-pre-line">{content}</p>;
  }
}

function ListText({ zone }: { zone: Zone }) {
  const items = itemsOf(zone);
  const base = zone.kind === "list_item" ? Math.max((zone.level ?? 1) - 1, 0) : 0;
  return (
    <ul className="flex list-none flex-col gap-1">
      {items.map((item, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: items are text alone; the list is rendered anew when it changes.
          key={index}
          className="flex gap-2 whitespace-pre-line"
          style={{ paddingInlineStart: `${(item.depth + base) * 1.25}rem` }}
        >
          <span
            aria-hidden={item.marker === null}
            className="min-w-3.5 shrink-0 text-ink-subtle tabular-nums"
          >
            {item.marker ?? "•"}
          </span>
          <span className="min-w-0">{item.text}</span>
        </li>
      ))}
    </ul>
  );
}

function Figure({ zone }: { zone: Zone }) {
  const { pdf, pages } = useReaderData();
  const page = pages.sizes[zone.pageNumber - 1];
  return (
    <figure className="flex flex-col gap-1.5">
      {pdf.source && page ? (
        <FigurePicture source={pdf.source} zone={zone} page={page} />
      ) : (
        <span className="text-ink-subtle">Figure</span>
      )}
      {zone.content !== "" && (
        <figcaption className="whitespace-pre-line text-[0.893rem] text-ink-muted">{zone.content}</figcaption>
      )}
    </figure>
  );
}
