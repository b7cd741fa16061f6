import { ArrowDownNarrowWide, ArrowUpNarrowWide, Trash2, X } from "lucide-react";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { IconButton } from "@/components/icon-button";
import { MenuChoice } from "@/components/menu";
import { formatCount } from "@/format";
import { type LibraryView, SHOWS, type Show, SORTS, type Sort } from "./library-query";

type View = LibraryView & { sort: Sort };

interface ToolbarProps {
  view: View;
  onChange: (change: Partial<View>) => void;
  /** Whether all, some or none are selected. */
  all: boolean | "indeterminate";
  selected: number;
  onToggleAll: () => void;
  onClear: () => void;
  onDelete: () => void;
}

/** Filter and order of the list; while documents are selected, what can be done with them. */
export function Toolbar({ view, onChange, all, selected, onToggleAll, onClear, onDelete }: ToolbarProps) {
  return (
    <div className="shrink-0 border-line border-b bg-canvas">
      <div className="mx-auto flex h-11 max-w-[110rem] items-center gap-2 px-3 sm:px-4">
        <span className="mr-1 inline-flex w-9 justify-center">
          <Checkbox aria-label="Select all" checked={all} onCheckedChange={onToggleAll} />
        </span>
        {selected > 0 ? (
          <>
            <p role="status" className="font-medium tabular-nums">
              {formatCount(selected, "document")}
              <span className="max-sm:sr-only"> selected</span>
            </p>
            <Button size="small" className="ml-auto text-danger!" onClick={onDelete}>
              <Trash2 aria-hidden className="size-3.5" /> Delete
            </Button>
            <IconButton label="Clear selection" shortcut="Escape" size="small" onClick={onClear}>
              <X aria-hidden />
            </IconButton>
          </>
        ) : (
          <>
            <MenuChoice<Show>
              label="Show"
              className="-ml-2"
              value={view.show}
              onValueChange={(show) => onChange({ show })}
              options={SHOWS}
            />
            <div className="ml-auto flex items-center gap-1">
              <span aria-hidden className="text-[0.929rem] text-ink-subtle max-sm:hidden">
                Sort by
              </span>
              <MenuChoice<Sort>
                label="Sort by"
                align="end"
                value={view.sort}
                onValueChange={(sort) => onChange({ sort, descending: SORTS[sort].descending })}
                options={SORTS}
              />
              <IconButton
                label={
                  view.descending ? "Descending; change to ascending" : "Ascending; change to descending"
                }
                size="small"
                onClick={() => onChange({ descending: !view.descending })}
              >
                {view.descending ? (
                  <ArrowDownNarrowWide aria-hidden className="rotate-180 -scale-x-100" />
                ) : (
                  <ArrowUpNarrowWide aria-hidden className="rotate-180 -scale-x-100" />
                )}
              </IconButton>
            </div>
          </>
        )}
      </div>
    </div>
  );
}
