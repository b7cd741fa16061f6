import { useConnection, useZoned } from "@zoned/client/react";
import { useEffect, useState } from "react";
import { Button } from "@/components/button";
import { formatDuration } from "@/format";
import { useProject } from "@/project";
import { connectionText } from "@/shell/connection-text";
import { Fact, Section } from "./section";

/** Which project the app talks to, and whether live updates arrive. */
export function ConnectionSection() {
  const { config } = useProject();
  const zoned = useZoned();
  const { status, retryAt, error } = useConnection();
  const { label, detail } = connectionText(status);
  const seconds = useSecondsUntil(retryAt);
  return (
    <Section title="Connection" about="Progress and edits arrive over a live channel.">
      <Fact
        label={label}
        value={[detail, error?.message, seconds > 0 && `Next try in ${formatDuration(seconds)}.`]
          .filter(Boolean)
          .join(" ")}
      >
        {status !== "live" && status !== "idle" && (
          <Button size="small" onClick={() => zoned.reconnect()}>
            Try now
          </Button>
        )}
      </Fact>
      <Fact label="Project" value={config.supabaseUrl} />
    </Section>
  );
}

/** Whole seconds until a moment, counting down; 0 when there is none. */
function useSecondsUntil(moment: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (moment === null) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [moment]);
  return moment === null ? 0 : Math.max(0, Math.ceil((moment - now) / 1000));
}
