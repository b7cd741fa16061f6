import { useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { Input } from "@/components/input";
import { useProject } from "@/project";
import { returnPath } from "@/session/return-path";
import { useSession } from "@/session/session";
import { AuthFrame } from "./auth-frame";
import { Failure, MailSent } from "./notice";
import { PasswordInput } from "./password-input";
import { useSubmit } from "./use-submit";

/** /sign-in: by password, or by a link in an e-mail. */
export function Component() {
  const { supabase } = useProject();
  const [search] = useSearchParams();
  const [way, setWay] = useState<"password" | "link">("password");
  const [sentTo, setSentTo] = useState<string>();
  const status = useSession((store) => store.status);
  const from = returnPath(search.get("from"));

  const { busy, failure, setFailure, onSubmit } = useSubmit(async (field) => {
    const email = field("email").trim();
    if (way === "password") return supabase.auth.signInWithPassword({ email, password: field("password") });
    const sent = await supabase.auth.signInWithOtp({
      email,
      options: { shouldCreateUser: false, emailRedirectTo: location.origin + from },
    });
    if (!sent.error) setSentTo(email);
    return sent;
  });

  if (status === "signed-in") return <Navigate to={from} replace />;
  const changeWay = () => {
    setFailure(undefined);
    setWay(way === "password" ? "link" : "password");
  };
  return (
    <AuthFrame
      title="Sign in to zoned"
      lead="Turn PDFs into text, tables and figures you can trust."
      footer={
        <>
          New here?{" "}
          <Link to="/sign-up" className="font-medium text-accent underline-offset-3 hover:underline">
            Create an account
          </Link>
        </>
      }
    >
      {sentTo ? (
        <div className="flex flex-col gap-5">
          <MailSent email={sentTo}>If there is an account, a link to sign in is on its way to</MailSent>
          <Button look="ghost" onClick={() => setSentTo(undefined)}>
            Back
          </Button>
        </div>
      ) : (
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          <Field label="E-mail">
            {(control) => (
              <Input {...control} name="email" type="email" autoComplete="username" required autoFocus />
            )}
          </Field>
          {way === "password" && (
            <div className="relative">
              <Field label="Password">
                {(control) => (
                  <PasswordInput {...control} name="password" autoComplete="current-password" required />
                )}
              </Field>
              <Link
                to="/reset"
                className="absolute top-0 right-0 text-accent underline-offset-3 hover:underline"
              >
                Forgotten?
              </Link>
            </div>
          )}
          <Failure>{failure}</Failure>
          <Button type="submit" look="primary" size="large" busy={busy}>
            {way === "password" ? "Sign in" : "Send me a link"}
          </Button>
          <Button look="ghost" onClick={changeWay}>
            {way === "password" ? "Sign in by e-mail link instead" : "Sign in by password instead"}
          </Button>
        </form>
      )}
    </AuthFrame>
  );
}
