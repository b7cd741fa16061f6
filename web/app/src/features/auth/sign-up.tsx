import { useState } from "react";
import { Link, Navigate } from "react-router";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { useProject } from "@/project";
import { useSession } from "@/session/session";
import { AuthFrame } from "./auth-frame";
import { NewPasswordField } from "./new-password-field";
import { Failure, MailSent } from "./notice";
import { useSubmit } from "./use-submit";

/** /sign-up: a new account. Where the project confirms addresses, a link comes by e-mail first. */
export function Component() {
  const { supabase } = useProject();
  const [sentTo, setSentTo] = useState<string>();
  const status = useSession((store) => store.status);
  const { busy, failure, onSubmit } = useSubmit(async (field) => {
    const email = field("email").trim();
    const made = await supabase.auth.signUp({
      email,
      password: field("password"),
      options: { emailRedirectTo: location.origin },
    });
    if (!made.error && !made.data.session) setSentTo(email);
    return made;
  });

  if (status === "signed-in") return <Navigate to="/" replace />;
  return (
    <AuthFrame
      title="Create your account"
      lead="Your documents are yours alone: nobody else sees them."
      footer={
        <>
          Have an account?{" "}
          <Link to="/sign-in" className="font-medium text-accent underline-offset-3 hover:underline">
            Sign in
          </Link>
        </>
      }
    >
      {sentTo ? (
        <MailSent email={sentTo}>Open the link we sent to</MailSent>
      ) : (
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          <Field label="E-mail">
            {(control) => (
              <Input {...control} name="email" type="email" autoComplete="username" required autoFocus />
            )}
          </Field>
          <NewPasswordField label="Password" advice="A few words together are easy to keep in mind." />
          <Failure>{failure}</Failure>
          <Button type="submit" look="primary" size="large" busy={busy}>
            Create account
          </Button>
        </form>
      )}
    </AuthFrame>
  );
}
