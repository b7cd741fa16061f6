import { useSettings, useZoned } from "@zoned/client/react";
import { useCallback } from "react";
import { toast } from "@/components/toast-store";
import { defaultsOf } from "@/features/settings/defaults";
import { formatCount } from "@/format";
import { sortFiles } from "./pdf-files";

/** Uploads what was dropped or chosen; tells of what is no PDF. */
export function useUploadFiles(): (files: Iterable<File>) => void {
  const zoned = useZoned();
  const { checkDuplicates } = defaultsOf(useSettings().settings);
  return useCallback(
    (files) => {
      const { pdfs, others } = sortFiles(files);
      if (others.length > 0) {
        const [first] = others;
        toast({
          title:
            others.length === 1
              ? `“${first?.name}” is no PDF`
              : `${formatCount(others.length, "file")} are no PDFs`,
          description: "Only PDFs can be uploaded. Save it as a PDF first.",
          tone: "danger",
        });
      }
      if (pdfs.length > 0) zoned.uploads.add(pdfs, { checkDuplicates });
    },
    [zoned, checkDuplicates],
  );
}
