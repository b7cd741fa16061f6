import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { toast } from "@/components/toast-store";
import { useProject } from "@/project";
import { useSession } from "@/session/session";
import { AuthFrame } from "./auth-frame";
import { NewPasswordField } from "./new-password-field";
import { Failure, MailSent } from "./notice";
import { useSubmit } from "./use-submit";

/** /reset: asks for a link; who comes by that link chooses a new password. */
export function Component() {
  const recovering = useSession((store) => store.recovering);
  return recovering ? <ChoosePassword /> : <AskForLink />;
}

function AskForLink() {
  const { supabase } = useProject();
  const [sentTo, setSentTo] = useState<string>();
  const { busy, failure, onSubmit } = useSubmit(async (field) => {
    const email = field("email").trim();
    const sent = await supabase.auth.resetPasswordForEmail(email, { redirectTo: `${location.origin}/reset` });
    if (!sent.error) setSentTo(email);
    return sent;
  });
  return (
    <AuthFrame
      title="Reset your password"
      lead="We send you a link; it lets you choose a new one."
      footer={
        <Link to="/sign-in" className="font-medium text-accent underline-offset-3 hover:underline">
          Back to signing in
        </Link>
      }
    >
      {sentTo ? (
        <MailSent email={sentTo}>If there is an account, a link to a new password is on its way to</MailSent>
      ) : (
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          <Field label="E-mail">
            {(control) => (
              <Input {...control} name="email" type="email" autoComplete="username" required autoFocus />
            )}
          </Field>
          <Failure>{failure}</Failure>
          <Button type="submit" look="primary" size="large" busy={busy}>
            Send the link
          </Button>
        </form>
      )}
    </AuthFrame>
  );
}

function ChoosePassword() {
  const { supabase } = useProject();
  const navigate = useNavigate();
  const { busy, failure, onSubmit } = useSubmit(async (field) => {
    const changed = await supabase.auth.updateUser({ password: field("password") });
    if (!changed.error) {
      toast({ title: "Your password is changed", tone: "success" });
      await navigate("/", { replace: true });
    }
    return changed;
  });
  return (
    <AuthFrame title="Choose a new password">
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <NewPasswordField label="New password" autoFocus />
        <Failure>{failure}</Failure>
        <Button type="submit" look="primary" size="large" busy={busy}>
          Change password
        </Button>
      </form>
    </AuthFrame>
  );
}
