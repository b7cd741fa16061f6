// Sets the theme before the first paint. The app keeps it in step afterwards (src/theme/theme.ts).
(() => {
  let theme = "system";
  try {
    theme = JSON.parse(localStorage.getItem("zoned.preferences") ?? "{}").state?.theme ?? "system";
  } catch {
    // Unreadable preferences are as good as none.
  }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.dataset.theme = theme;
})();
