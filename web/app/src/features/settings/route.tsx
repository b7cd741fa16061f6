import { PageHeader } from "@/shell/page-header";
import { useTitle } from "@/shell/use-title";
import { Account } from "./account";
import { Appearance } from "./appearance";
import { ConnectionSection } from "./connection-section";
import { DefaultsSection } from "./defaults-section";
import { TokensSection } from "./developer/tokens-section";
import { WebhooksSection } from "./developer/webhooks-section";

/** /settings */
export function Component() {
  useTitle("Settings");
  return (
    <>
      <PageHeader>
        <h1 className="truncate font-medium">Settings</h1>
      </PageHeader>
      <div className="h-full overflow-y-auto">
        <div className="mx-auto max-w-4xl px-4 py-2 sm:px-6">
          <DefaultsSection />
          <Appearance />
          <Account />
          <TokensSection />
          <WebhooksSection />
          <ConnectionSection />
        </div>
      </div>
    </>
  );
}
