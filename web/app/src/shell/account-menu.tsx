import { CircleUser, Keyboard, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import { useNavigate } from "react-router";
import { IconButton } from "@/components/icon-button";
import { Menu, MenuItem, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuSeparator } from "@/components/menu";
import { type Theme, usePreferences } from "@/preferences";
import { useProject } from "@/project";
import { useSession } from "@/session/session";
import { openShortcutHelp } from "@/shortcuts/shortcuts";

/** Who is signed in, and what concerns them everywhere: settings, theme, shortcuts, signing out. */
export function AccountMenu() {
  const navigate = useNavigate();
  const { supabase } = useProject();
  const email = useSession((store) => store.session?.user.email);
  const { theme, setTheme } = usePreferences();
  return (
    <Menu
      trigger={
        <IconButton label="Account and settings">
          <CircleUser aria-hidden />
        </IconButton>
      }
    >
      <MenuLabel>{email ?? "Signed in"}</MenuLabel>
      <MenuItem onSelect={() => navigate("/settings")}>
        <Settings aria-hidden /> Settings
      </MenuItem>
      <MenuItem shortcut="?" onSelect={openShortcutHelp}>
        <Keyboard aria-hidden /> Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuRadioGroup value={theme} onValueChange={(chosen) => setTheme(chosen as Theme)}>
        <MenuRadioItem value="system">
          <Monitor aria-hidden /> As the system
        </MenuRadioItem>
        <MenuRadioItem value="light">
          <Sun aria-hidden /> Light
        </MenuRadioItem>
        <MenuRadioItem value="dark">
          <Moon aria-hidden /> Dark
        </MenuRadioItem>
      </MenuRadioGroup>
      <MenuSeparator />
      <MenuItem onSelect={() => void supabase.auth.signOut({ scope: "local" })}>
        <LogOut aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  );
}
