import { createBrowserRouter, Outlet } from "react-router";
import { RequireSession } from "./session/require-session";
import { NotFound, RouteError } from "./shell/route-error";

/** Every address of the app. Each screen is loaded when it is first gone to. */
export const router = createBrowserRouter([
  {
    element: <Outlet />,
    errorElement: <RouteError />,
    hydrateFallbackElement: <div aria-busy />,
    children: [
      { path: "/sign-in", lazy: () => import("./features/auth/sign-in") },
      { path: "/sign-up", lazy: () => import("./features/auth/sign-up") },
      { path: "/reset", lazy: () => import("./features/auth/reset") },
      {
        element: <RequireSession />,
        children: [
          {
            lazy: () => import("./shell/app-shell"),
            errorElement: <RouteError />,
            children: [
              { path: "/", lazy: () => import("./features/library/route") },
              { path: "/documents/:documentId", lazy: () => import("./features/reader/route") },
              { path: "/settings", lazy: () => import("./features/settings/route") },
            ],
          },
        ],
      },
      { path: "*", element: <NotFound /> },
    ],
  },
]);
