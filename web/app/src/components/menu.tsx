import { Check, ChevronDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps, PointerEvent, ReactNode } from "react";
import { Button } from "./button";
import { classes } from "./classes";
import { Keys } from "./keys";
import { OVERLAY_DRESS } from "./overlay";

const ITEM =
  "relative flex min-h-7.5 cursor-default select-none items-center gap-2.5 rounded-md px-2.5 py-1 outline-none " +
  "data-highlighted:bg-hover data-disabled:pointer-events-none data-disabled:opacity-50 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-subtle";

/** A menu that a button opens. */
export function Menu({
  trigger,
  children,
  align = "end",
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}) {
  return (
    // Not modal: the rest of the page stays there for screen readers, and a click elsewhere does what it says.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          // A dialog that was opened from it has the focus already.
          onCloseAutoFocus={(event) => {
            if (document.activeElement?.closest('[role="dialog"]')) event.preventDefault();
          }}
          className={classes(OVERLAY_DRESS, "min-w-48 p-1")}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A menu that is on its way out leaves the focus where it is: a dialog that it opened has it. */
function stayAway(event: PointerEvent<HTMLElement>): void {
  if (event.currentTarget.closest('[role="menu"]')?.matches('[data-state="closed"]')) event.preventDefault();
}

interface MenuItemProps extends ComponentProps<typeof DropdownMenu.Item> {
  danger?: boolean;
  shortcut?: string;
}

export function MenuItem({ danger, shortcut, className, children, ...rest }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      className={classes(ITEM, danger && "text-danger [&>svg]:text-danger!", className)}
      onPointerLeave={stayAway}
      {...rest}
    >
      {children}
      {shortcut && <Keys keys={shortcut} className="ml-auto pl-6" />}
    </DropdownMenu.Item>
  );
}

export function MenuCheckboxItem({ children, ...rest }: ComponentProps<typeof DropdownMenu.CheckboxItem>) {
  return (
    <DropdownMenu.CheckboxItem className={classes(ITEM, "pl-8")} {...rest}>
      <DropdownMenu.ItemIndicator className="absolute left-2.5">
        <Check aria-hidden className="size-3.5 text-accent" />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuRadioGroup(props: ComponentProps<typeof DropdownMenu.RadioGroup>) {
  return <DropdownMenu.RadioGroup {...props} />;
}

export function MenuRadioItem({ children, ...rest }: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem className={classes(ITEM, "pl-8")} {...rest}>
      <DropdownMenu.ItemIndicator className="absolute left-2.5">
        <Check aria-hidden className="size-3.5 text-accent" />
      </DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.RadioItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2.5 pt-2 pb-1 text-[0.857rem] text-ink-subtle">
      {children}
    </DropdownMenu.Label>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}

interface MenuChoiceProps<Value extends string> {
  /** What is chosen, for screen readers. */
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: Readonly<Record<Value, { readonly label: string }>>;
  align?: "start" | "end";
  className?: string;
}

/** A quiet button that tells which of a few is chosen, and opens the others. */
export function MenuChoice<Value extends string>({
  label,
  value,
  onValueChange,
  options,
  align = "start",
  className,
}: MenuChoiceProps<Value>) {
  return (
    <Menu
      align={align}
      trigger={
        <Button
          look="ghost"
          size="small"
          className={classes("gap-1! px-2! font-normal!", className)}
          aria-label={`${label}: ${options[value].label}`}
        >
          {options[value].label}
          <ChevronDown aria-hidden className="size-3.5" />
        </Button>
      }
    >
      <MenuRadioGroup value={value} onValueChange={(chosen) => onValueChange(chosen as Value)}>
        {(Object.keys(options) as Value[]).map((each) => (
          <MenuRadioItem key={each} value={each}>
            {options[each].label}
          </MenuRadioItem>
        ))}
      </MenuRadioGroup>
    </Menu>
  );
}
