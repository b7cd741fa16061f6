import type { Webhook } from "@zoned/client";
import { Loading, useWebhookDeliveries } from "@zoned/client/react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { errorText } from "@/error-text";
import { Note, Problem } from "../section";
import { DELIVERY_STATES, deliveryText, eventText } from "./webhook-text";

/** What was sent to a webhook, and how it went. */
export function DeliveriesDialog({
  webhook,
  onClose,
}: {
  webhook: Webhook | undefined;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={webhook !== undefined}
      onOpenChange={(now) => !now && onClose()}
      title="Deliveries"
      description={<span className="break-all">{webhook?.url}</span>}
      toRead
    >
      {webhook && <Deliveries webhookId={webhook.id} />}
    </Dialog>
  );
}

function Deliveries({ webhookId }: { webhookId: string }) {
  const { deliveries, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useWebhookDeliveries(webhookId);
  if (isPending) return <Loading label="Deliveries" />;
  if (error && deliveries.length === 0) {
    return (
      <Problem title="The deliveries could not be loaded" onRetry={() => void refetch()}>
        {errorText(error)}
      </Problem>
    );
  }
  if (deliveries.length === 0) return <Note>Nothing was sent yet. What is sent is kept for 30 days.</Note>;
  return (
    <>
      <ul className="divide-y divide-line">
        {deliveries.map((delivery) => {
          const { label, tone } = DELIVERY_STATES[delivery.state];
          return (
            <li key={delivery.id} className="flex items-start justify-between gap-4 py-2.5">
              <div className="min-w-0">
                <p className="font-medium">{eventText(delivery.event)}</p>
                <p className="break-words text-[0.929rem] text-ink-muted">{deliveryText(delivery)}</p>
              </div>
              <Badge tone={tone}>{label}</Badge>
            </li>
          );
        })}
      </ul>
      {hasNextPage && (
        <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}
