import { encoders, TENSOR_PROTO } from '../../support/protobuf.js';
import type { EventMessage, HParamsMessage, LayoutMessage } from './message-types.js';

/**
 * Only the messages and fields written here. Numbers and types are those of tensorflow/core/util/event.proto,
 * tensorflow/core/framework/{summary,tensor,tensor_shape}.proto, tensorboard/plugins/hparams/plugin_data.proto,
 * tensorboard/plugins/custom_scalar/layout.proto and google/protobuf/struct.proto. Enums are numbers here: see message-types.ts.
 */
const PROTO = `
syntax = "proto3";

message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what {
    string file_version = 3;
    Summary summary = 5;
    SessionLog session_log = 7;
  }
}
message SessionLog { int32 status = 1; }

message Summary {
  message Image {
    int32 height = 1;
    int32 width = 2;
    int32 colorspace = 3;
    bytes encoded_image_string = 4;
  }
  message Value {
    string tag = 1;
    SummaryMetadata metadata = 9;
    oneof value {
      float simple_value = 2;
      Image image = 4;
      TensorProto tensor = 8;
    }
  }
  repeated Value value = 1;
}
message SummaryMetadata {
  message PluginData {
    string plugin_name = 1;
    bytes content = 2;
  }
  PluginData plugin_data = 1;
  string summary_description = 3;
  int32 data_class = 4;
}
${TENSOR_PROTO}
message HParamsPluginData {
  int32 version = 1;
  oneof data {
    SessionStartInfo session_start_info = 3;
    SessionEndInfo session_end_info = 4;
  }
}
message SessionStartInfo {
  map<string, Value> hparams = 1;
  string group_name = 4;
  double start_time_secs = 5;
}
message SessionEndInfo {
  int32 status = 1;
  double end_time_secs = 2;
}
message Value {
  oneof kind {
    double number_value = 2;
    string string_value = 3;
    bool bool_value = 4;
  }
}

message Layout { repeated Category category = 2; }
message Category {
  string title = 1;
  repeated Chart chart = 2;
  bool closed = 3;
}
message Chart {
  string title = 1;
  MultilineChartContent multiline = 2;
}
message MultilineChartContent { repeated string tag = 1; }
`;

const encoderOf = encoders(PROTO);

/** Serialised messages. */
export const encodeEvent = encoderOf<EventMessage>('Event');
export const encodeHParams = encoderOf<HParamsMessage>('HParamsPluginData');
export const encodeLayout = encoderOf<LayoutMessage>('Layout');
