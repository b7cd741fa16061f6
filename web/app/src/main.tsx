import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { anticipateScreen } from "./router";
import { mayBeSignedIn } from "./session/session";
import { followTheme } from "./theme/theme";

followTheme();
anticipateScreen(location.pathname, mayBeSignedIn());
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
