/** zoned's sign: a page with its zones. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="7.5" fill="var(--accent)" />
      <rect x="7" y="7" width="18" height="5" rx="1.5" fill="var(--on-accent)" />
      <rect x="7" y="14.5" width="8" height="10.5" rx="1.5" fill="var(--on-accent)" opacity=".7" />
      <rect
        x="17.8"
        y="15.3"
        width="6.4"
        height="8.9"
        rx="1"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.6"
      />
    </svg>
  );
}
