import { Segmented } from "@/components/segmented";
import { Switch } from "@/components/switch";
import { usePreferences } from "@/preferences";
import { Row, Section } from "./section";

/** What belongs to this browser: theme and keys. */
export function Appearance() {
  const { theme, setTheme, singleKeys, setSingleKeys } = usePreferences();
  return (
    <Section title="This browser" about="Kept here, not with your account.">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
        <p className="font-medium">Theme</p>
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
      <Row
        label="Single-key shortcuts"
        hint="Keys like ? and J without Ctrl. Switch them off if speech input or a slip sets them off."
      >
        {(control) => <Switch {...control} checked={singleKeys} onCheckedChange={setSingleKeys} />}
      </Row>
    </Section>
  );
}
