/** Files that were dropped or chosen, told apart by whether they can be PDFs. */
export interface SortedFiles {
  pdfs: File[];
  others: File[];
}

/** By type and name only: the client looks at the content before it sends a byte. */
export function sortFiles(files: Iterable<File>): SortedFiles {
  const pdfs: File[] = [];
  const others: File[] = [];
  for (const file of files) {
    const isPdf = file.type === "application/pdf" || /\.pdf$/i.test(file.name);
    (isPdf ? pdfs : others).push(file);
  }
  return { pdfs, others };
}

/** Whether something dragged over the page holds files: text and links do not concern us. */
export function holdsFiles(transfer: Pick<DataTransfer, "types"> | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}
