import type { Webhook } from "@zoned/client";
import { useTestWebhook, useUpdateWebhook } from "@zoned/client/react";
import { Trash2 } from "lucide-react";
import { Button } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import { Switch } from "@/components/switch";
import { toast } from "@/components/toast-store";
import { errorText } from "@/error-text";
import { eventText, testText } from "./webhook-text";

interface WebhookRowProps {
  webhook: Webhook;
  /** Whether the project can send anything. */
  canSend: boolean;
  onShow: () => void;
  onDelete: () => void;
}

/** One webhook: where it leads, what it is told of, and what can be done with it. */
export function WebhookRow({ webhook, canSend, onShow, onDelete }: WebhookRowProps) {
  const update = useUpdateWebhook();
  const test = useTestWebhook();
  const { id, url, enabled } = webhook;
  const failed = (title: string) => (error: unknown) =>
    toast({ title, description: errorText(error), tone: "danger" });
  const send = () =>
    test.mutate(id, {
      onSuccess: (outcome) => {
        const delivered = outcome.state === "delivered";
        toast({
          title: delivered ? "The test was delivered" : "The test was not delivered",
          description: testText(outcome),
          tone: delivered ? "success" : "danger",
        });
      },
      onError: failed("The test could not be sent"),
    });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-[1_1_14rem]">
        <p className="break-all font-medium">{url}</p>
        {webhook.description && <p className="break-words">{webhook.description}</p>}
        <p className="break-words text-[0.929rem] text-ink-muted">
          {webhook.events.map(eventText).join(" · ")}
        </p>
        {!enabled && <p className="text-[0.929rem] text-warning">Switched off: nothing is sent.</p>}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Switch
          aria-label={`Send to ${url}`}
          checked={enabled}
          onCheckedChange={(on) =>
            update.mutate({ id, change: { enabled: on } }, { onError: failed("The webhook was not changed") })
          }
        />
        <Button
          size="small"
          busy={test.isPending}
          disabled={!canSend}
          aria-label={`Test ${url}`}
          onClick={send}
        >
          Test
        </Button>
        <Button size="small" aria-label={`Deliveries to ${url}`} onClick={onShow}>
          Deliveries
        </Button>
        <IconButton label={`Delete ${url}`} size="small" onClick={onDelete}>
          <Trash2 aria-hidden />
        </IconButton>
      </div>
    </li>
  );
}
