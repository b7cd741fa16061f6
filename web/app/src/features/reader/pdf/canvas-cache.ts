/** What is kept: a canvas, or anything with a size in pixels. */
interface Sized {
  width: number;
  height: number;
}

interface Kept<Canvas> {
  readonly page: number;
  readonly canvas: Canvas;
}

/**
 * The drawn pages, at most so many pixels of them: those not seen for longest go first, those in use never. Canvases that go are
 * made empty at once, since browsers give their memory back late otherwise.
 */
export class CanvasCache<Canvas extends Sized> {
  private readonly kept = new Map<number, Kept<Canvas>>();
  private readonly inUse = new Set<number>();
  private readonly budget: number;
  private readonly onEvict: (page: number) => void;

  constructor(budget: number, onEvict: (page: number) => void = () => {}) {
    this.budget = budget;
    this.onEvict = onEvict;
  }

  get pixels(): number {
    let sum = 0;
    for (const { canvas } of this.kept.values()) sum += canvas.width * canvas.height;
    return sum;
  }

  get(page: number): Canvas | undefined {
    const found = this.kept.get(page);
    if (!found) return undefined;
    this.kept.delete(page);
    this.kept.set(page, found);
    return found.canvas;
  }

  /** Keeps a page's canvas in place of the one before. */
  put(page: number, canvas: Canvas): void {
    const old = this.kept.get(page)?.canvas;
    if (old && old !== canvas) release(old);
    this.kept.delete(page);
    this.kept.set(page, { page, canvas });
    this.trim();
  }

  /** Whether a page is on the screen. */
  use(page: number, inUse: boolean): void {
    if (inUse) this.inUse.add(page);
    else this.inUse.delete(page);
    this.trim();
  }

  clear(): void {
    for (const { page, canvas } of this.kept.values()) {
      release(canvas);
      this.onEvict(page);
    }
    this.kept.clear();
  }

  private trim(): void {
    let excess = this.pixels - this.budget;
    for (const { page, canvas } of [...this.kept.values()]) {
      if (excess <= 0) return;
      if (this.inUse.has(page)) continue;
      excess -= canvas.width * canvas.height;
      this.kept.delete(page);
      release(canvas);
      this.onEvict(page);
    }
  }
}

function release(canvas: Sized): void {
  canvas.width = 0;
  canvas.height = 0;
}
