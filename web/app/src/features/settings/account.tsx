import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { toast } from "@/components/toast-store";
import { authMessage } from "@/features/auth/messages";
import { NewPasswordField } from "@/features/auth/new-password-field";
import { Failure } from "@/features/auth/notice";
import { useSubmit } from "@/features/auth/use-submit";
import { formatWhen } from "@/format";
import { useProject } from "@/project";
import { useSession } from "@/session/session";
import { Fact, Section } from "./section";

type Scope = "local" | "others" | "global";

/** Who is signed in, where, and how to leave. */
export function Account() {
  const { supabase } = useProject();
  const session = useSession((store) => store.session);
  const [changing, setChanging] = useState(false);
  const [leaving, setLeaving] = useState<Scope>();

  const leave = async (scope: Scope) => {
    setLeaving(scope);
    const { error } = await supabase.auth.signOut({ scope });
    setLeaving(undefined);
    if (error) toast({ title: "You are still signed in", description: authMessage(error), tone: "danger" });
    else if (scope === "others") toast({ title: "Other devices are signed out", tone: "success" });
  };
  const since = session?.user.last_sign_in_at;
  return (
    <Section title="Account and sessions" about="Signing out elsewhere takes effect there within the hour.">
      <Fact label="E-mail" value={session?.user.email ?? "–"}>
        <Button size="small" onClick={() => setChanging(true)}>
          Change password
        </Button>
      </Fact>
      <Fact label="This session" value={since ? `Signed in ${formatWhen(new Date(since))}` : "Signed in"}>
        <Button size="small" busy={leaving === "local"} onClick={() => void leave("local")}>
          Sign out
        </Button>
      </Fact>
      <Fact label="Other sessions" value="Other browsers and devices that use this account.">
        <Button size="small" busy={leaving === "others"} onClick={() => void leave("others")}>
          Sign out the others
        </Button>
        <Button size="small" busy={leaving === "global"} onClick={() => void leave("global")}>
          Sign out everywhere
        </Button>
      </Fact>
      <ChangePassword open={changing} onOpenChange={setChanging} />
    </Section>
  );
}

function ChangePassword({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { supabase } = useProject();
  const { busy, failure, onSubmit } = useSubmit(async (field) => {
    const changed = await supabase.auth.updateUser({ password: field("password") });
    if (!changed.error) {
      onOpenChange(false);
      toast({ title: "Your password is changed", tone: "success" });
    }
    return changed;
  });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Change password" width="narrow">
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <NewPasswordField label="New password" />
        <Failure>{failure}</Failure>
        <Button type="submit" look="primary" busy={busy}>
          Change password
        </Button>
      </form>
    </Dialog>
  );
}
