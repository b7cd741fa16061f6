import { FileUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { holdsFiles } from "./pdf-files";
import { useUploadFiles } from "./use-upload-files";

/** Takes PDFs dropped anywhere on the window. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  const upload = useUploadFiles();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const latest = useRef({ upload, pathname });
  latest.current = { upload, pathname };

  useEffect(() => {
    // Entering a child comes before leaving its parent: only the balance tells whether the pointer is over the window.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      latest.current.upload([...(event.dataTransfer?.files ?? [])]);
      if (latest.current.pathname !== "/") void navigate("/");
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: hover, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) addEventListener(name as "drop", listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) removeEventListener(name as "drop", listener);
    };
  }, [navigate]);

  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 grid animate-fade place-items-center bg-canvas/85 p-4 backdrop-blur-[2px]">
      <div className="grid size-full place-items-center rounded-2xl border-2 border-accent border-dashed">
        <div className="flex flex-col items-center gap-3 text-accent">
          <FileUp aria-hidden className="size-10" strokeWidth={1.4} />
          <p className="font-semibold text-[1.286rem] tracking-tight">Drop PDFs to upload them</p>
        </div>
      </div>
    </div>
  );
}
