import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { classes } from "./classes";
import { IconButton } from "./icon-button";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, at the end. */
  footer?: ReactNode;
  width?: "narrow" | "medium" | "wide";
  /** There is nothing in it to press or fill in: the keyboard needs its content itself to scroll it. */
  toRead?: boolean;
  children?: ReactNode;
}

const WIDTHS = { narrow: "max-w-md", medium: "max-w-xl", wide: "max-w-4xl" };

/** What has the focus, or the button of the menu it is in: the menu is gone when the focus comes back. */
function focusedNow(): HTMLElement | null {
  const focused = document.activeElement;
  const menu = focused?.closest('[role="menu"]');
  const opener = menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : focused;
  return opener instanceof HTMLElement ? opener : null;
}

/** A question or a task in front of everything else. Escape and a click beside it close it; on phones it fills the width. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  width = "medium",
  toRead,
  children,
}: DialogProps) {
  const opener = useRef<HTMLElement | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim data-[state=closed]:animate-leave" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          // Without a field that asks for the focus, the dialog itself gets it, not its first button.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            opener.current = focusedNow();
            const dialog = event.target as HTMLElement | null;
            (dialog?.querySelector<HTMLElement>("[data-autofocus]") ?? dialog)?.focus();
          }}
          onCloseAutoFocus={(event) => {
            if (!opener.current?.isConnected) return;
            event.preventDefault();
            opener.current.focus();
          }}
          className={classes(
            "fixed inset-x-3 top-1/2 z-50 mx-auto flex max-h-[calc(100dvh-1.5rem)] -translate-y-1/2 flex-col",
            "animate-rise rounded-2xl border border-line bg-raised shadow-overlay focus:outline-none data-[state=closed]:animate-leave",
            WIDTHS[width],
          )}
        >
          <header className="flex items-start gap-4 px-5 pt-4.5 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-semibold text-[1.143rem] text-ink tracking-tight">
                {title}
              </Radix.Title>
              {description && (
                <Radix.Description className="mt-1 text-ink-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" size="small" tooltip={false} className="-mr-1.5">
                <X aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          {children && (
            <div
              {...(toRead ? { tabIndex: 0 } : {})}
              className="min-h-0 flex-1 overflow-y-auto px-5 pb-5 -outline-offset-2"
            >
              {children}
            </div>
          )}
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t bg-canvas/60 px-5 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
