import type { TensorMessage } from '../../support/protobuf.js';

/** The messages of event-messages.ts in TypeScript: fields in camelCase, `oneof` as a union. */
export type EventMessage = {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step?: number;
} & (
  | { readonly fileVersion: string }
  | { readonly summary: { readonly value: readonly SummaryValue[] } }
  | { readonly sessionLog: { readonly status: number } }
);

export type SummaryValue = { readonly tag: string; readonly metadata?: SummaryMetadata } & (
  { readonly simpleValue: number } | { readonly image: ImageMessage } | { readonly tensor: TensorMessage }
);

export interface SummaryMetadata {
  readonly pluginData: { readonly pluginName: string; readonly content?: Uint8Array };
  /** Markdown. */
  readonly summaryDescription?: string | undefined;
  readonly dataClass: number;
}

export interface ImageMessage {
  readonly height: number;
  readonly width: number;
  readonly colorspace: number;
  readonly encodedImageString: Uint8Array;
}

export type HParamsMessage =
  | {
      readonly sessionStartInfo: {
        readonly hparams: Readonly<Record<string, HParamValue>>;
        readonly groupName: string;
        readonly startTimeSecs: number;
      };
    }
  | { readonly sessionEndInfo: { readonly status: number; readonly endTimeSecs: number } };

export type HParamValue =
  { readonly numberValue: number } | { readonly stringValue: string } | { readonly boolValue: boolean };

export interface LayoutMessage {
  readonly category: readonly Category[];
}
export interface Category {
  readonly title: string;
  readonly chart: readonly Chart[];
  readonly closed?: boolean;
}
export interface Chart {
  readonly title: string;
  /** Regular expressions of tags. */
  readonly multiline: { readonly tag: readonly string[] };
}

/** From tensorflow/core/framework/types.proto. */
export const DT_FLOAT = 1;
export const DT_DOUBLE = 2;
export const DT_STRING = 7;

/** From summary.proto. TensorBoard's server identifies a tag's kind of data by it. */
export const DATA_CLASS_SCALAR = 1;
export const DATA_CLASS_TENSOR = 2;
export const DATA_CLASS_BLOB_SEQUENCE = 3;

/** From event.proto, SessionLog.SessionStatus. */
export const SESSION_START = 1;

/** From tensorboard/plugins/hparams/api.proto. */
export const STATUS_SUCCESS = 1;
export const STATUS_FAILURE = 2;
