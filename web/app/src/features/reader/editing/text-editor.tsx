import type { Zone } from "@zoned/client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import { TextArea } from "@/components/input";
import { useDesk, useReaderParts } from "../state/reader-context";
import { kindInWords } from "./describe-zone";

/** Edits the text of a zone in its place. Ctrl+Enter saves, Escape gives up. */
export function TextEditor({ zone }: { zone: Zone }) {
  const { edits } = useReaderParts();
  const setEditing = useDesk((state) => state.edit);
  // The version that was there when editing began: an edit by somebody else since is a conflict.
  const [base] = useState(zone);
  const [content, setContent] = useState(zone.content);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const close = () => setEditing(null);

  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(0, 0);
  }, []);

  const save = async () => {
    if (content === base.content) {
      close();
      return;
    }
    setBusy(true);
    const saved = await edits.edit(base, { content }, "edit text");
    setBusy(false);
    // After a conflict the dialog knows the text that was typed.
    if (saved) close();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    }
    event.stopPropagation();
  };

  return (
    <div className="flex flex-col gap-2">
      {zone.revision !== base.revision && (
        <p role="status" className="rounded-lg bg-warning-soft px-3 py-1.5 text-warning">
          This zone was changed elsewhere while you were editing. When you save, you choose which version
          stays.
        </p>
      )}
      <TextArea
        ref={field}
        aria-label={`Text of the ${kindInWords(zone).toLowerCase()}`}
        value={content}
        onChange={(event) => setContent(event.target.value)}
        onKeyDown={onKeyDown}
        rows={Math.min(Math.max(content.split("\n").length + 1, Math.ceil(content.length / 70) + 1, 3), 24)}
        className="resize-y font-[inherit] leading-relaxed"
      />
      <div className="flex gap-2">
        <Button look="primary" size="small" busy={busy} onClick={() => void save()}>
          Save
        </Button>
        <Button look="ghost" size="small" onClick={close}>
          Cancel
        </Button>
        <span className="ml-auto hidden self-center text-[0.857rem] text-ink-subtle sm:inline">
          Ctrl + Enter saves, Esc gives up
        </span>
      </div>
    </div>
  );
}
