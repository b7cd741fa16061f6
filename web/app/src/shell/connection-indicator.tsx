import type { ConnectionState } from "@zoned/client";
import { useConnection, useZoned } from "@zoned/client/react";
import { CloudOff, RefreshCw, Wifi, WifiOff } from "lucide-react";
import { Button } from "@/components/button";
import { classes } from "@/components/classes";
import { Popover } from "@/components/popover";
import { connectionText } from "./connection-text";

const LOOKS: Record<ConnectionState["status"], { icon: typeof Wifi; className: string }> = {
  live: { icon: Wifi, className: "text-success" },
  connecting: { icon: RefreshCw, className: "text-ink-subtle [&>svg]:animate-spin" },
  polling: { icon: WifiOff, className: "text-warning" },
  offline: { icon: CloudOff, className: "text-danger" },
  idle: { icon: Wifi, className: "text-ink-subtle" },
  signed_out: { icon: WifiOff, className: "text-ink-subtle" },
};

/** Whether live updates arrive; says more when asked, and tries again at once. */
export function ConnectionIndicator() {
  const zoned = useZoned();
  const { status } = useConnection();
  const { label, detail } = connectionText(status);
  const { icon: Icon, className } = LOOKS[status];
  return (
    <Popover
      label="Connection"
      align="end"
      className="w-72"
      trigger={
        <button
          type="button"
          aria-label={`Connection: ${label}`}
          data-connection={status}
          className={classes(
            "inline-flex size-8.5 shrink-0 items-center justify-center rounded-lg transition-colors hover:bg-hover [&>svg]:size-4",
            className,
          )}
        >
          <Icon aria-hidden />
        </button>
      }
    >
      <p className="font-medium">{label}</p>
      <p className="mt-0.5 text-ink-muted">{detail}</p>
      {status !== "live" && status !== "idle" && (
        <Button size="small" className="mt-3" onClick={() => zoned.reconnect()}>
          Try now
        </Button>
      )}
    </Popover>
  );
}
