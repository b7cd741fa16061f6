import {
  AlignLeft,
  Captions,
  Code,
  FileDigit,
  Heading,
  Heading1,
  Image,
  List,
  ListTree,
  type LucideIcon,
  Minus,
  PanelBottom,
  PanelTop,
  Sigma,
  Stamp,
  Superscript,
  Table,
  TextCursorInput,
} from "lucide-react";

/** How a kind of zone is named and shown. */
export interface KindStyle {
  label: string;
  /** A CSS colour that follows the theme. */
  color: string;
  icon: LucideIcon;
}

const kind = (name: string, label: string, icon: LucideIcon): KindStyle => ({
  label,
  color: `var(--kind-${name})`,
  icon,
});

/** Every kind, in the order they are offered. The keys are those of the database's `zone_kind`. */
export const KINDS = {
  title: kind("title", "Title", Heading1),
  heading: kind("heading", "Heading", Heading),
  paragraph: kind("paragraph", "Paragraph", AlignLeft),
  list: kind("list", "List", List),
  list_item: kind("list-item", "List item", Minus),
  table: kind("table", "Table", Table),
  figure: kind("figure", "Figure", Image),
  caption: kind("caption", "Caption", Captions),
  formula: kind("formula", "Formula", Sigma),
  code: kind("code", "Code", Code),
  footnote: kind("footnote", "Footnote", Superscript),
  form_field: kind("form-field", "Form field", TextCursorInput),
  toc: kind("toc", "Contents", ListTree),
  header: kind("header", "Page header", PanelTop),
  footer: kind("footer", "Page footer", PanelBottom),
  page_number: kind("page-number", "Page number", FileDigit),
  watermark: kind("watermark", "Watermark", Stamp),
} as const satisfies Record<string, KindStyle>;

/** A kind of zone. */
export type Kind = keyof typeof KINDS;
