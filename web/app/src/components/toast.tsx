import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { Button } from "./button";
import { classes } from "./classes";
import { IconButton } from "./icon-button";
import { type ShownToast, useToasts } from "./toast-store";

const ICONS = {
  neutral: null,
  success: <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />,
  danger: <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />,
};

function ToastCard({ shown }: { shown: ShownToast }) {
  const settle = useToasts((store) => store.settle);
  const { action, tone = "neutral" } = shown;
  return (
    <Radix.Root
      type={tone === "danger" ? "foreground" : "background"}
      duration={shown.duration ?? (tone === "danger" ? 10_000 : 5000)}
      onOpenChange={(open) => !open && settle(shown.id, false)}
      className={classes(
        "flex animate-rise items-start gap-2.5 rounded-xl border border-line bg-raised py-2.5 pr-2 pl-3.5 shadow-overlay",
        "data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x) data-[swipe=cancel]:translate-x-0 data-[swipe=cancel]:transition-transform",
      )}
    >
      {ICONS[tone]}
      <div className="min-w-0 flex-1 self-center">
        <Radix.Title className="font-medium">{shown.title}</Radix.Title>
        {shown.description && (
          <Radix.Description className="text-ink-muted">{shown.description}</Radix.Description>
        )}
      </div>
      {action && (
        <Radix.Action asChild altText={action.label}>
          <Button look="ghost" size="small" className="text-accent" onClick={() => settle(shown.id, true)}>
            {action.label}
          </Button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <IconButton label="Dismiss" size="small" tooltip={false}>
          <X aria-hidden />
        </IconButton>
      </Radix.Close>
    </Radix.Root>
  );
}

/** Where toasts appear. F8 moves the focus there. */
export function Toaster() {
  const toasts = useToasts((store) => store.toasts);
  return (
    <Radix.Provider swipeDirection="right" label="Notification">
      {toasts.map((shown) => (
        <ToastCard key={shown.id} shown={shown} />
      ))}
      <Radix.Viewport className="fixed right-0 bottom-0 z-60 m-0 flex w-full max-w-sm list-none flex-col gap-2 p-4 outline-none" />
    </Radix.Provider>
  );
}
