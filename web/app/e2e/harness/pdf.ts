interface PdfOptions {
  pages: number;
  /** Makes it another file: it is written on every page. */
  title: string;
  /** A page with sides so long that nobody reads it. */
  hugePage?: number;
  /** Adds bytes that no page shows, to make it this large. */
  padTo?: number;
}

/** A PDF whose pages have a heading, two paragraphs and a page number each. */
export function makePdf({ pages, title, hugePage, padTo = 0 }: PdfOptions): Buffer {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  let length = 0;
  const write = (part: string | Buffer) => {
    const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part;
    parts.push(bytes);
    length += bytes.length;
  };
  const object = (number: number, body: string) => {
    offsets[number] = length;
    write(`${number} 0 obj\n${body}\nendobj\n`);
  };
  write("%PDF-1.7\n");
  const kids = Array.from({ length: pages }, (_, index) => `${4 + 2 * index} 0 R`).join(" ");
  object(1, "<< /Type /Catalog /Pages 2 0 R >>");
  object(2, `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`);
  object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  for (let page = 0; page < pages; page += 1) {
    const content = pageContent(title, page + 1);
    const [width, height] = page + 1 === hugePage ? [90_000, 90_000] : [612, 792];
    object(
      4 + 2 * page,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents ${5 + 2 * page} 0 R /Resources << /Font << /F 3 0 R >> >> >>`,
    );
    object(5 + 2 * page, `<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  let objects = 4 + 2 * pages;
  if (padTo > length) {
    const padding = Buffer.alloc(padTo - length, "zoned ");
    offsets[objects] = length;
    write(`${objects} 0 obj\n<< /Length ${padding.length} >>\nstream\n`);
    write(padding);
    write("\nendstream\nendobj\n");
    objects += 1;
  }
  const table = length;
  const rows = Array.from(
    { length: objects - 1 },
    (_, index) => `${String(offsets[index + 1]).padStart(10, "0")} 00000 n \n`,
  ).join("");
  write(
    `xref\n0 ${objects}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`,
  );
  return Buffer.concat(parts);
}

function pageContent(title: string, page: number): string {
  const lines = [
    "The quick brown fox jumps over the lazy dog, and then it rests",
    "for a while in the shade of an old oak tree before it goes on,",
    `as it has done on each of the ${page} pages up to this one.`,
  ];
  const paragraph = (top: number) =>
    lines.map((line, index) => `BT /F 11 Tf 72 ${top - 14 * index} Td (${line}) Tj ET`).join("\n");
  return [
    `BT /F 20 Tf 72 700 Td (${title}, section ${page}) Tj ET`,
    paragraph(660),
    paragraph(590),
    `BT /F 9 Tf 300 40 Td (${page}) Tj ET`,
  ].join("\n");
}
