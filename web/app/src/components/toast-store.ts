import { create } from "zustand";

export type ToastTone = "neutral" | "success" | "danger";

export interface ToastContent {
  title: string;
  description?: string;
  tone?: ToastTone;
  action?: { label: string; run: () => void };
  /** Milliseconds it stays; hovering and focus stop the clock. */
  duration?: number;
  /** Called once, when it went without its action having been chosen. */
  onExpire?: () => void;
}

export interface ShownToast extends ToastContent {
  id: number;
}

interface ToastStore {
  toasts: ShownToast[];
  settle: (id: number, chosen: boolean) => void;
}

let nextId = 1;

/** More than this would hide the page: the oldest goes. */
const MOST = 4;

export const useToasts = create<ToastStore>()((set, get) => ({
  toasts: [],
  settle: (id, chosen) => {
    const settled = get().toasts.find((toast) => toast.id === id);
    if (!settled) return;
    set((store) => ({ toasts: store.toasts.filter((toast) => toast.id !== id) }));
    if (chosen) settled.action?.run();
    else settled.onExpire?.();
  },
}));

/** Tells something in the corner. Returns what takes it away again. */
export function toast(content: ToastContent): () => void {
  const id = nextId++;
  useToasts.setState((store) => ({ toasts: [...store.toasts, { ...content, id }] }));
  const { toasts, settle } = useToasts.getState();
  for (const old of toasts.slice(0, Math.max(0, toasts.length - MOST))) settle(old.id, false);
  return () => settle(id, false);
}

/**
 * Something was done and can be taken back for a while: `undo` takes it back, `commit` makes it last once the toast is gone.
 * Exactly one of the two is called.
 */
export function toastWithUndo(
  title: string,
  { undo, commit }: { undo: () => void; commit: () => void },
): () => void {
  return toast({ title, duration: 8000, action: { label: "Undo", run: undo }, onExpire: commit });
}
