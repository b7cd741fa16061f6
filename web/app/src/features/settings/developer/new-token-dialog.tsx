import type { NewApiToken, TokenScope } from "@zoned/client";
import { useCreateApiToken } from "@zoned/client/react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { CopyField } from "@/components/copy-field";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { Segmented } from "@/components/segmented";
import { Select } from "@/components/select";
import { errorText } from "@/error-text";
import { Failure } from "@/features/auth/notice";
import { formatWhen } from "@/format";
import { LIFETIMES, SCOPES } from "./token-text";

/** Asks what a token is for, makes it, and shows it this once. */
export function NewTokenDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const create = useCreateApiToken();
  const close = () => {
    create.reset();
    onClose();
  };
  const { data: made } = create;
  return (
    <Dialog
      open={open}
      onOpenChange={(now) => !now && close()}
      title={made ? "Your new token" : "New API token"}
      description={made ? "Copy it now and keep it like a password: it is not shown again." : undefined}
      width="narrow"
    >
      {made ? (
        <MadeToken made={made} onDone={close} />
      ) : (
        <TokenForm
          busy={create.isPending}
          failure={create.error && errorText(create.error)}
          onMake={(token) => create.mutate(token)}
        />
      )}
    </Dialog>
  );
}

interface TokenFormProps {
  busy: boolean;
  failure: string | null;
  onMake: (token: { name: string; scope: TokenScope; expiresInDays: number }) => void;
}

function TokenForm({ busy, failure, onMake }: TokenFormProps) {
  const [scope, setScope] = useState<TokenScope>("read");
  const [days, setDays] = useState<string>("90");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (name && !busy) onMake({ name, scope, expiresInDays: Number(days) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name" hint="What it is for, such as the script that uses it.">
        {(control) => (
          <Input {...control} name="name" required maxLength={100} autoComplete="off" pattern=".*\S.*" />
        )}
      </Field>
      <div className="flex flex-col gap-1.5">
        <p className="font-medium">It may</p>
        <Segmented
          label="What it may do"
          value={scope}
          onValueChange={setScope}
          options={(["read", "write"] as const).map((value) => ({ value, label: SCOPES[value].label }))}
        />
        <p className="text-[0.929rem] text-ink-subtle">{SCOPES[scope].hint}</p>
      </div>
      <Field label="It ends after">
        {(control) => <Select {...control} value={days} onValueChange={setDays} options={LIFETIMES} />}
      </Field>
      <Failure>{failure}</Failure>
      <Button type="submit" look="primary" busy={busy}>
        Make the token
      </Button>
    </form>
  );
}

function MadeToken({ made, onDone }: { made: NewApiToken; onDone: () => void }) {
  return (
    <div className="flex flex-col gap-3">
      <CopyField label={made.name} value={made.token} />
      <p className="text-ink-muted">
        {SCOPES[made.scope].hint} It ends {formatWhen(new Date(made.expiresAt))}.
      </p>
      <Button look="primary" onClick={onDone}>
        Done
      </Button>
    </div>
  );
}
