import type { Webhook } from "@zoned/client";
import { QueryView, useDeleteWebhook, useWebhooks, useWebhooksAvailable } from "@zoned/client/react";
import { useState } from "react";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { errorText } from "@/error-text";
import { Failure } from "@/features/auth/notice";
import { Fact, Note, Problem, Section, Waiting } from "../section";
import { DeliveriesDialog } from "./deliveries-dialog";
import { NewWebhookDialog } from "./new-webhook-dialog";
import { SigningSecret } from "./signing-secret";
import { WebhookRow } from "./webhook-row";

/** Addresses that are told what happens to the user's documents. */
export function WebhooksSection() {
  const available = useWebhooksAvailable();
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<Webhook>();
  const [ending, setEnding] = useState<Webhook>();
  const canSend = available.data === true;
  return (
    <Section
      title="Webhooks"
      about="Addresses that are told when documents and exports are ready, or failed."
    >
      <Fact label="Your webhooks" value="Each gets a signed request for what it is told of.">
        <Button size="small" disabled={!canSend} onClick={() => setMaking(true)}>
          New webhook
        </Button>
      </Fact>
      {available.data === false && (
        <Problem title="This project sends no webhooks" onRetry={() => void available.refetch()}>
          Its Edge Function api does not answer to this page. Its operator can deploy it, and add this page’s
          address to ZONED_ALLOWED_ORIGINS. Everything else works without it.
        </Problem>
      )}
      {available.error && (
        <Problem title="Webhooks do not work at the moment" onRetry={() => void available.refetch()}>
          {errorText(available.error)}
        </Problem>
      )}
      <QueryView
        query={useWebhooks()}
        label="Webhooks"
        loading={<Waiting label="Webhooks" />}
        empty={<Note>There are none yet.</Note>}
        failed={({ error, retry }) => (
          <Problem title="Your webhooks could not be loaded" onRetry={retry}>
            {errorText(error)}
          </Problem>
        )}
      >
        {(webhooks) => (
          <ul className="divide-y divide-line">
            {webhooks.map((webhook) => (
              <WebhookRow
                key={webhook.id}
                webhook={webhook}
                canSend={canSend}
                onShow={() => setShown(webhook)}
                onDelete={() => setEnding(webhook)}
              />
            ))}
          </ul>
        )}
      </QueryView>
      <SigningSecret />
      <NewWebhookDialog open={making} onClose={() => setMaking(false)} />
      <DeliveriesDialog webhook={shown} onClose={() => setShown(undefined)} />
      <DeleteDialog webhook={ending} onClose={() => setEnding(undefined)} />
    </Section>
  );
}

function DeleteDialog({ webhook, onClose }: { webhook: Webhook | undefined; onClose: () => void }) {
  const remove = useDeleteWebhook();
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      open={webhook !== undefined}
      onClose={close}
      title="Delete this webhook?"
      description={
        <>
          Nothing is sent to <span className="break-all">{webhook?.url}</span> any more, and what was sent is
          forgotten. To pause it, switch it off instead.
        </>
      }
      action="Delete the webhook"
      busy={remove.isPending}
      failure={remove.error && <Failure>{errorText(remove.error)}</Failure>}
      onConfirm={() => webhook && remove.mutate(webhook.id, { onSuccess: close })}
    />
  );
}
