import { ChevronDown, Minus, Plus } from "lucide-react";
import { Button } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import { Menu, MenuItem, MenuRadioGroup, MenuRadioItem, MenuSeparator } from "@/components/menu";
import { PIXELS_A_POINT, percentOf } from "../geometry/page-layout";
import { useZoom } from "./use-zoom";

const PERCENTS = [50, 75, 100, 125, 150, 200, 300, 400];

/** How large the pages are. */
export function ZoomMenu() {
  const { zoom, scale, set, step } = useZoom();
  if (scale === 0) return null;
  return (
    <div className="flex items-center gap-0.5">
      <IconButton
        label="Smaller"
        shortcut="-"
        size="small"
        className="max-sm:hidden"
        onClick={() => step(-1)}
      >
        <Minus aria-hidden />
      </IconButton>
      <Menu
        align="start"
        trigger={
          <Button
            look="ghost"
            size="small"
            className="gap-1! px-1.5! tabular-nums"
            aria-label={`Zoom: ${percentOf(scale)} %`}
          >
            {percentOf(scale)} %
            <ChevronDown aria-hidden className="size-3.5" />
          </Button>
        }
      >
        <MenuRadioGroup
          value={typeof zoom === "number" ? "" : zoom}
          onValueChange={(value) => set(value === "page" ? "page" : "width")}
        >
          <MenuRadioItem value="width">Fit the width</MenuRadioItem>
          <MenuRadioItem value="page">Fit the page</MenuRadioItem>
        </MenuRadioGroup>
        <MenuSeparator />
        {PERCENTS.map((percent) => (
          <MenuItem key={percent} onSelect={() => set((percent / 100) * PIXELS_A_POINT)}>
            {percent} %
          </MenuItem>
        ))}
      </Menu>
      <IconButton label="Larger" shortcut="+" size="small" className="max-sm:hidden" onClick={() => step(1)}>
        <Plus aria-hidden />
      </IconButton>
    </div>
  );
}
