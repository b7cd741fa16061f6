import type { ApiToken } from "@zoned/client";
import { QueryView, useApiTokens, useRevokeApiToken } from "@zoned/client/react";
import { useState } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { errorText } from "@/error-text";
import { Failure } from "@/features/auth/notice";
import { formatCount } from "@/format";
import { useProject } from "@/project";
import { Fact, Note, Problem, Section, Waiting } from "../section";
import { NewTokenDialog } from "./new-token-dialog";
import { SCOPES, tokenHistory, tokenState } from "./token-text";

/** Tokens by which scripts act in the user's name. */
export function TokensSection() {
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<ApiToken>();
  const { supabaseUrl } = useProject().config;
  return (
    <Section title="API tokens" about="For scripts that act in your name, without your password.">
      <Fact label="Personal API tokens" value="Each is shown once, when it is made.">
        <Button size="small" onClick={() => setMaking(true)}>
          New token
        </Button>
      </Fact>
      <Fact
        label="Where scripts send them"
        value={
          <>
            <code className="break-all font-mono">{supabaseUrl}/functions/v1/api/v1</code>, in the header
            Authorization: Bearer.
          </>
        }
      />
      <QueryView
        query={useApiTokens()}
        label="API tokens"
        loading={<Waiting label="API tokens" />}
        empty={
          <Note>
            There are none yet. Make one for each script, so that you can end one without the others.
          </Note>
        }
        failed={({ error, retry }) => (
          <Problem title="Your tokens could not be loaded" onRetry={retry}>
            {errorText(error)}
          </Problem>
        )}
      >
        {(tokens) => <TokenLists tokens={tokens} onRevoke={setEnding} />}
      </QueryView>
      <NewTokenDialog open={making} onClose={() => setMaking(false)} />
      <RevokeDialog token={ending} onClose={() => setEnding(undefined)} />
    </Section>
  );
}

interface TokenListProps {
  tokens: readonly ApiToken[];
  onRevoke: (token: ApiToken) => void;
}

/** Those that work, and folded away those that have ended. */
function TokenLists({ tokens, onRevoke }: TokenListProps) {
  const active = tokens.filter((token) => tokenState(token) === "active");
  const ended = tokens.filter((token) => !active.includes(token));
  return (
    <>
      {active.length > 0 ? (
        <TokenList tokens={active} onRevoke={onRevoke} />
      ) : (
        <Note>None of your tokens works any more.</Note>
      )}
      {ended.length > 0 && (
        <details className="py-3">
          <summary className="cursor-pointer text-ink-muted">
            {formatCount(ended.length, "ended token")}
          </summary>
          <TokenList tokens={ended} onRevoke={onRevoke} />
        </details>
      )}
    </>
  );
}

function TokenList({ tokens, onRevoke }: TokenListProps) {
  return (
    <ul className="divide-y divide-line">
      {tokens.map((token) => (
        <TokenRow key={token.id} token={token} onRevoke={() => onRevoke(token)} />
      ))}
    </ul>
  );
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const state = tokenState(token);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-[1_1_14rem]">
        <p className="break-words font-medium">{token.name}</p>
        <p className="text-[0.929rem] text-ink-muted">
          <code className="font-mono">{token.prefix}…</code> {tokenHistory(token)}
        </p>
      </div>
      <div className="flex items-center gap-2">
        <Badge tone={token.scope === "write" ? "warning" : "neutral"}>{SCOPES[token.scope].label}</Badge>
        {state === "active" ? (
          <Button size="small" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
            Revoke
          </Button>
        ) : (
          <Badge>{state === "revoked" ? "Revoked" : "Expired"}</Badge>
        )}
      </div>
    </li>
  );
}

function RevokeDialog({ token, onClose }: { token: ApiToken | undefined; onClose: () => void }) {
  const revoke = useRevokeApiToken();
  const close = () => {
    revoke.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      open={token !== undefined}
      onClose={close}
      title={`Revoke “${token?.name ?? ""}”?`}
      description="Whatever uses it stops working within five minutes. There is no way back: make a new token instead."
      action="Revoke the token"
      busy={revoke.isPending}
      failure={revoke.error && <Failure>{errorText(revoke.error)}</Failure>}
      onConfirm={() => token && revoke.mutate(token.id, { onSuccess: close })}
    />
  );
}
