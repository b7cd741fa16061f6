export { createZonedQueryClient, useZoned, ZonedProvider, type ZonedProviderProps } from "./context";
export {
  useCancelDocument,
  useDeleteDocuments,
  useDocument,
  useDocuments,
  useRenameDocument,
  useRetryDocument,
} from "./documents";
export {
  ErrorMessage,
  type FallbackProps,
  ZonedErrorBoundary,
  type ZonedErrorBoundaryProps,
} from "./error_boundary";
export {
  useDeleteExport,
  useDeletePreset,
  useExportProgress,
  useExports,
  usePresets,
  useRequestExport,
  useSavePreset,
} from "./exports";
export { useCancelJob, useJobs, useRetryJob } from "./jobs";
export { zonedKeys } from "./keys";
export { useConnection, useInterruptedUploads, useObservable, useUploads } from "./observed";
export { useFileUrl, usePages } from "./pages";
export { createReaderStore, type Panes, type ReaderState, useReader, type Zoom } from "./reader_store";
export { useSettings, useViewState } from "./settings";
export { Empty, type EmptyProps, Loading, type LoadingProps, QueryView, type QueryViewProps } from "./states";
export {
  prefetchZones,
  type UseZoneEditOptions,
  type UseZonesOptions,
  useAddZone,
  useDeleteZone,
  useDrawZone,
  useOrderZones,
  useReprocessZone,
  useRestoreZone,
  useUpdateZone,
  useZoneHistory,
  useZoneRevisions,
  useZoneSearch,
  useZones,
  type ZoneConflict,
} from "./zones";
