import type { Box } from "@zoned/client";
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import type { Size } from "../geometry/box";
import type { Rotation } from "../geometry/rotation";
import { CanvasCache } from "./canvas-cache";
import { type FileAddress, RangeTransport } from "./range-transport";
import { RenderQueue } from "./render-queue";
import { pixelBudget } from "./resolution";

GlobalWorkerOptions.workerSrc = workerUrl;

/** Bytes asked for at once: pages of most files need one or two such parts. */
const CHUNK = 256 * 1024;
/** pdf.js has one worker thread a document: a second page only keeps it from pausing between two. */
const AT_ONCE = 2;
/** Pixels of an image inside a PDF above which it is left out. */
const LARGEST_IMAGE = 100_000_000;
/** Pages drawn between two rounds of giving back fonts and images that pdf.js keeps. */
const ROUND = 40;

/** How a page is to be drawn. */
export interface Drawing {
  readonly pageNumber: number;
  /** Canvas pixels of the whole page, turned. */
  readonly size: Size;
  readonly rotation: Rotation;
}

/** An open PDF that draws pages. */
export class PdfSource {
  readonly pageCount: number;
  readonly canvases: CanvasCache<HTMLCanvasElement>;
  private readonly queue = new RenderQueue(AT_ONCE);
  private readonly pdf: PDFDocumentProxy;
  private drawn = 0;

  private constructor(pdf: PDFDocumentProxy) {
    this.pdf = pdf;
    this.pageCount = pdf.numPages;
    const { deviceMemory } = navigator as Navigator & { deviceMemory?: number };
    this.canvases = new CanvasCache(pixelBudget(deviceMemory), (page) => void this.forget(page));
  }

  /** Opens a file of that many bytes, reading only what it needs. */
  static async open(
    length: number,
    address: FileAddress,
    onFailure: (error: Error) => void,
    signal: AbortSignal,
  ): Promise<PdfSource> {
    let fail: (error: Error) => void = onFailure;
    const failed = new Promise<never>((_, reject) => {
      fail = (error) => {
        reject(error);
        onFailure(error);
      };
    });
    failed.catch(() => {});
    const task = getDocument({
      range: new RangeTransport(length, address, (error) => fail(error)),
      length,
      rangeChunkSize: CHUNK,
      disableAutoFetch: true,
      disableStream: true,
      cMapUrl: "/pdfjs/cmaps/",
      cMapPacked: true,
      iccUrl: "/pdfjs/iccs/",
      standardFontDataUrl: "/pdfjs/standard_fonts/",
      wasmUrl: "/pdfjs/wasm/",
      maxImageSize: LARGEST_IMAGE,
      isEvalSupported: false,
      enableXfa: false,
    });
    signal.addEventListener("abort", () => void task.destroy(), { once: true });
    return new PdfSource(await Promise.race([task.promise, failed]));
  }

  /** Draws a page; a drawing of the same page that waits or runs is given up. Lower priorities come first. */
  draw(drawing: Drawing, priority: number): Promise<HTMLCanvasElement> {
    const key = keyOf(drawing.pageNumber);
    this.queue.cancel(key);
    return this.queue.add(key, priority, (signal) => this.render(drawing, null, signal));
  }

  /** Draws a part of a page, after all whole pages. `box` is in points of the page upright. */
  drawPart(key: string, drawing: Drawing, box: Box): Promise<HTMLCanvasElement> {
    this.queue.cancel(key);
    return this.queue.add(key, 1e6, (signal) => this.render(drawing, box, signal));
  }

  prioritise(pageNumber: number, priority: number): void {
    this.queue.prioritise(keyOf(pageNumber), priority);
  }

  cancel(pageNumber: number): void {
    this.queue.cancel(keyOf(pageNumber));
  }

  cancelPart(key: string): void {
    this.queue.cancel(key);
  }

  close(): void {
    this.queue.cancelAll();
    this.canvases.clear();
    void this.pdf.loadingTask.destroy();
  }

  private async render(
    { pageNumber, size, rotation }: Drawing,
    box: Box | null,
    signal: AbortSignal,
  ): Promise<HTMLCanvasElement> {
    const page = await this.pdf.getPage(pageNumber);
    signal.throwIfAborted();
    const turn = (page.rotate + rotation) % 360;
    const scale = size.width / page.getViewport({ scale: 1, rotation: turn }).width;
    const viewport = page.getViewport({
      scale,
      rotation: turn,
      ...(box ? { offsetX: -box.x * scale, offsetY: -box.y * scale } : {}),
    });
    const canvas = document.createElement("canvas");
    canvas.width = box ? Math.max(1, Math.round(box.width * scale)) : size.width;
    canvas.height = box ? Math.max(1, Math.round(box.height * scale)) : size.height;
    const task = page.render({ canvas, viewport, background: "#ffffff" });
    const stop = () => task.cancel();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await task.promise;
    } catch (error) {
      canvas.width = 0;
      canvas.height = 0;
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    await this.tidy();
    return canvas;
  }

  /** pdf.js keeps fonts and images of all pages it has seen, until told. */
  private async tidy(): Promise<void> {
    this.drawn += 1;
    if (this.drawn % ROUND !== 0) return;
    // Refused while another page is being drawn: the next round will do.
    await this.pdf.cleanup().catch(() => {});
  }

  private async forget(pageNumber: number): Promise<void> {
    if (this.pdf.loadingTask.destroyed) return;
    const page = await this.pdf.getPage(pageNumber).catch(() => null);
    page?.cleanup();
  }
}

const keyOf = (pageNumber: number) => `page ${pageNumber}`;
