import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import type { Observable } from "../observable.js";
import type { ConnectionState } from "../realtime/connection.js";
import type { InterruptedUpload } from "../upload/memory.js";
import type { UploadState } from "../upload/upload.js";
import { useZoned } from "./context.js";
import { zonedKeys } from "./keys.js";

/**
 * The value of an observable, now and after each change.
 *
 * @example
 * ```tsx
 * import type { UploadHandle } from "@zoned/client";
 * import { useObservable } from "@zoned/client/react";
 *
 * export function Percent({ upload }: { upload: UploadHandle }) {
 *   const { sent, size } = useObservable(upload.state);
 *   return <span>{Math.round((100 * sent) / size)} %</span>;
 * }
 * ```
 */
export function useObservable<Value>(observable: Observable<Value>): Value {
  return useSyncExternalStore(observable.subscribe, observable.get, observable.get);
}

/**
 * How live updates arrive.
 *
 * @example
 * ```tsx
 * import { useConnection } from "@zoned/client/react";
 *
 * export function Banner() {
 *   const { status } = useConnection();
 *   return status === "offline" ? <p role="status">You are offline.</p> : null;
 * }
 * ```
 */
export function useConnection(): ConnectionState {
  return useObservable(useZoned().connection);
}

/**
 * All uploads of this page, the first one first; steer them with `useZoned().uploads`.
 *
 * @example
 * ```tsx
 * import { useUploads, useZoned } from "@zoned/client/react";
 *
 * export function Uploads() {
 *   const { uploads } = useZoned();
 *   return useUploads().map(({ id, name, sent, size, status }) => (
 *     <p key={id}>
 *       {name}: {status} <progress value={sent} max={size} />
 *       <button type="button" onClick={() => uploads.get(id)?.cancel()}>Cancel</button>
 *     </p>
 *   ));
 * }
 * ```
 */
export function useUploads(): readonly UploadState[] {
  return useObservable(useZoned().uploads.state);
}

/**
 * Uploads that an earlier page left unfinished; adding the same file again goes on with one.
 *
 * @example
 * ```tsx
 * import { useInterruptedUploads } from "@zoned/client/react";
 *
 * export function Unfinished() {
 *   const { interrupted, discard } = useInterruptedUploads();
 *   return interrupted.map((upload) => (
 *     <p key={upload.documentId}>
 *       Choose {upload.name} again to go on.
 *       <button type="button" onClick={() => discard(upload)}>Give up</button>
 *     </p>
 *   ));
 * }
 * ```
 */
export function useInterruptedUploads(): {
  readonly interrupted: readonly InterruptedUpload[];
  readonly discard: (upload: InterruptedUpload) => Promise<void>;
} {
  const zoned = useZoned();
  const queries = useQueryClient();
  const started = useUploads().filter((upload) => upload.documentId !== null).length;
  const queryKey = zonedKeys.interruptedUploads(started);
  const { data } = useQuery({ queryKey, queryFn: () => zoned.uploads.interrupted(), staleTime: 0 });
  const discard = useCallback(
    async (upload: InterruptedUpload) => {
      await zoned.uploads.discard(upload);
      await queries.invalidateQueries({ queryKey: zonedKeys.interruptedUploads() });
    },
    [zoned, queries],
  );
  return { interrupted: data ?? [], discard };
}
