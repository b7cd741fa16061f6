/** A file that begins as a PDF does and is as long as asked, bytes; its content depends on `seed`. */
export function pdfFile(size: number, name = "file.pdf", seed = Math.random()): File {
  const head = new TextEncoder().encode(`%PDF-1.7\n%${seed}\n`);
  const rest = new Uint8Array(Math.max(size - head.length, 0));
  for (let index = 0; index < rest.length; index += 4096) rest[index] = (index / 4096) % 251;
  return new File([head.slice(0, size), rest], name, {
    type: "application/pdf",
    lastModified: 1_700_000_000_000,
  });
}
