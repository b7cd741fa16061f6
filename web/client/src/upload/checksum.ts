/** Bytes read at once: what a stream of a file gives is often less. */
const SLICE = 4 * 1024 * 1024;

/**
 * SHA-256 of a file in hexadecimal, read in slices of 4 MiB. The hash function (WebAssembly) is loaded at the first call.
 *
 * @param onProgress - Told how many bytes were read.
 *
 * @example
 * ```ts
 * import { sha256 } from "@zoned/client";
 *
 * const digest = (file: File) => sha256(file, { onProgress: (read) => console.log(read / file.size) });
 * ```
 */
export async function sha256(
  file: Blob,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void } = {},
): Promise<string> {
  const { createSHA256 } = await import("./sha256.js");
  const hash = await createSHA256();
  hash.init();
  for (let start = 0; start < file.size; start += SLICE) {
    options.signal?.throwIfAborted();
    const end = Math.min(start + SLICE, file.size);
    hash.update(new Uint8Array(await file.slice(start, end).arrayBuffer()));
    options.onProgress?.(end);
  }
  return hash.digest("hex");
}
