export { createZonedClient, type ZonedClient, type ZonedClientOptions } from "./client";
export type { CallOptions, ZonedSupabase } from "./context";
export type { Database } from "./database.types";
export type { DocumentQuery, DocumentSort, Documents } from "./documents";
export { isZonedError, ZonedError, type ZonedErrorCode, type ZonedErrorParts } from "./error";
export { toZonedError } from "./error_from";
export type { Exports } from "./exports";
export type { Jobs } from "./jobs";
export {
  DOCUMENT_STATUSES,
  type Document,
  type DocumentStatus,
  type Progress,
  type Stage,
} from "./model/document";
export type { ZonedEvent, ZonedEventKind } from "./model/event";
export {
  EXPORT_FORMATS,
  type Export,
  type ExportFormat,
  type ExportOptions,
  type ExportPreset,
  type ExportStatus,
} from "./model/export";
export type { Failure } from "./model/failure";
export type { Job, JobKind, JobParams, JobState } from "./model/job";
export type { Json, JsonObject } from "./model/json";
export type { Page, TextSource } from "./model/page";
export {
  type Box,
  type TableCell,
  tableText,
  ZONE_KINDS,
  type Zone,
  type ZoneKind,
  type ZoneOrigin,
  type ZoneRevision,
  type ZoneTable,
} from "./model/zone";
export type { Observable } from "./observable";
export type { PageRange, Pages } from "./pages";
export type { Slice } from "./paging";
export type { Presets } from "./presets";
export type { Backlog, EventPage } from "./realtime/backlog";
export type { ConnectionState } from "./realtime/connection";
export type { Environment } from "./realtime/environment";
export type { Rhythm } from "./realtime/topic";
export type { Transport, TransportHandlers } from "./realtime/transport";
export type { Watcher, WatchHandlers, WatchParts } from "./realtime/watch";
export type { Settings, SettingsStore, ViewStates } from "./settings";
export { checkFile, MAX_FILE_SIZE } from "./upload/check";
export { sha256 } from "./upload/checksum";
export type { InterruptedUpload, KeyValueStore } from "./upload/memory";
export type { Uploads } from "./upload/queue";
export type { UploadFileOptions, UploadHandle, UploadState, UploadStatus } from "./upload/upload";
export type { EditOptions, NewZone, ZoneChange, Zones } from "./zones";
