import { useRotateWebhookSecret, useWebhookSecret } from "@zoned/client/react";
import { useState } from "react";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { CopyField } from "@/components/copy-field";
import { toast } from "@/components/toast-store";
import { errorText } from "@/error-text";
import { Failure } from "@/features/auth/notice";
import { Fact } from "../section";

/** The secret by which receivers know that a delivery is the user's: shown on request, and made anew. */
export function SigningSecret() {
  const secret = useWebhookSecret();
  const rotate = useRotateWebhookSecret();
  const [asking, setAsking] = useState(false);
  const shown = rotate.data ?? secret.data;
  const hide = () => {
    secret.reset();
    rotate.reset();
  };
  const ask = () => {
    // A failure of the last time is not one of this.
    if (rotate.isError) rotate.reset();
    setAsking(true);
  };
  const show = () =>
    secret.mutate(undefined, {
      onError: (error) =>
        toast({ title: "The secret could not be shown", description: errorText(error), tone: "danger" }),
    });
  return (
    <>
      <Fact
        label="Signing secret"
        value="Signs every delivery, as standardwebhooks.com describes. One for all of yours."
      >
        {shown === undefined ? (
          <Button size="small" busy={secret.isPending} onClick={show}>
            Show the secret
          </Button>
        ) : (
          <Button size="small" onClick={hide}>
            Hide the secret
          </Button>
        )}
        <Button size="small" onClick={ask}>
          New secret
        </Button>
      </Fact>
      {shown !== undefined && (
        <div className="py-3">
          <CopyField label="Secret" value={shown} />
        </div>
      )}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Make a new secret?"
        description="The old one signs nothing from now on: receivers refuse what they are sent until they know the new one."
        action="Make a new secret"
        busy={rotate.isPending}
        failure={rotate.error && <Failure>{errorText(rotate.error)}</Failure>}
        onConfirm={() => rotate.mutate(undefined, { onSuccess: () => setAsking(false) })}
      />
    </>
  );
}
