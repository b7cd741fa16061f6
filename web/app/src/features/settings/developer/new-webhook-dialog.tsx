import { isZonedError, WEBHOOK_EVENTS, type WebhookEvent } from "@zoned/client";
import { useCreateWebhook } from "@zoned/client/react";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { errorText } from "@/error-text";
import { Failure } from "@/features/auth/notice";
import { EVENTS } from "./webhook-text";

/** Asks for an address and what it is to be told of. */
export function NewWebhookDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const create = useCreateWebhook();
  const [events, setEvents] = useState<readonly WebhookEvent[]>(WEBHOOK_EVENTS);
  const [unchosen, setUnchosen] = useState(false);
  // Of what is sent only the address can be one that is not accepted.
  const refused = isZonedError(create.error, "invalid");
  const close = () => {
    create.reset();
    setEvents(WEBHOOK_EVENTS);
    setUnchosen(false);
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    setUnchosen(events.length === 0);
    if (create.isPending || events.length === 0) return;
    create.mutate({ url: field("url"), events, description: field("description") }, { onSuccess: close });
  };
  return (
    <Dialog open={open} onOpenChange={(now) => !now && close()} title="New webhook" width="narrow">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Address"
          hint="https, on the public internet, without a port."
          {...(refused ? { error: errorText(create.error) } : {})}
        >
          {(control) => (
            <Input
              {...control}
              name="url"
              type="url"
              required
              maxLength={2048}
              placeholder="https://example.com/hook"
            />
          )}
        </Field>
        <EventChoice events={events} onChange={setEvents} />
        <Field label="Note" hint="For you; may be empty.">
          {(control) => <Input {...control} name="description" maxLength={200} />}
        </Field>
        <Failure>
          {unchosen && events.length === 0
            ? "Choose at least one thing that it is told of."
            : create.error && !refused && errorText(create.error)}
        </Failure>
        <Button type="submit" look="primary" busy={create.isPending}>
          Make the webhook
        </Button>
      </form>
    </Dialog>
  );
}

interface EventChoiceProps {
  events: readonly WebhookEvent[];
  onChange: (events: readonly WebhookEvent[]) => void;
}

function EventChoice({ events, onChange }: EventChoiceProps) {
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">It is told when</legend>
      {WEBHOOK_EVENTS.map((event) => (
        <div key={event} className="flex items-center gap-2.5">
          <Checkbox
            id={`${id}-${event}`}
            checked={events.includes(event)}
            onCheckedChange={(chosen) =>
              onChange(
                WEBHOOK_EVENTS.filter((each) => (each === event ? chosen === true : events.includes(each))),
              )
            }
          />
          <label htmlFor={`${id}-${event}`}>{EVENTS[event]}</label>
        </div>
      ))}
    </fieldset>
  );
}
