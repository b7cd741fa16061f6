import { Segmented } from "@/components/segmented";
import { usePreferences } from "@/preferences";
import { PageHeader } from "@/shell/page-header";
import { useTitle } from "@/shell/use-title";

/** /settings */
export function Component() {
  const { theme, setTheme } = usePreferences();
  useTitle("Settings");
  return (
    <>
      <PageHeader>
        <h1 className="font-medium">Settings</h1>
      </PageHeader>
      <div className="p-4">
        <Segmented
          label="Theme"
          value={theme}
          onValueChange={setTheme}
          options={[
            { value: "system", label: "System" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
        />
      </div>
    </>
  );
}
