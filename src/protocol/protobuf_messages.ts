/**
 * The tags of the protobuf subprotocol's messages: field number and wire type in one number, as they stand on the wire.
 * `webpubsub.proto` beside this file declares the fields; here are those that the codec reads or writes.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** `UpstreamMessage`: the requests of clients. Tags that are not here are unknown fields. */
export const UPSTREAM = {
  sendToGroup: (1 << 3) | LENGTH_DELIMITED,
  event: (5 << 3) | LENGTH_DELIMITED,
  joinGroup: (6 << 3) | LENGTH_DELIMITED,
  leaveGroup: (7 << 3) | LENGTH_DELIMITED,
  sequenceAck: (8 << 3) | LENGTH_DELIMITED,
  ping: (9 << 3) | LENGTH_DELIMITED,
  invokeEvent: (10 << 3) | LENGTH_DELIMITED,
  cancelInvocation: (11 << 3) | LENGTH_DELIMITED,
  streamData: (13 << 3) | LENGTH_DELIMITED,
  streamEnd: (14 << 3) | LENGTH_DELIMITED,
  setGroupState: (15 << 3) | LENGTH_DELIMITED,
  subscribeGroupState: (16 << 3) | LENGTH_DELIMITED,
  unsubscribeGroupState: (17 << 3) | LENGTH_DELIMITED,
} as const;

/** `UpstreamMessage.SendToGroupMessage`. */
export const SEND_TO_GROUP = {
  group: (1 << 3) | LENGTH_DELIMITED,
  ackId: (2 << 3) | VARINT,
  data: (3 << 3) | LENGTH_DELIMITED,
  noEcho: (4 << 3) | VARINT,
  ttlSeconds: (5 << 3) | VARINT,
  metadata: (6 << 3) | LENGTH_DELIMITED,
  stream: (7 << 3) | LENGTH_DELIMITED,
} as const;

/** `UpstreamMessage.EventMessage`. */
export const EVENT = {
  event: (1 << 3) | LENGTH_DELIMITED,
  data: (2 << 3) | LENGTH_DELIMITED,
  ackId: (3 << 3) | VARINT,
  metadata: (4 << 3) | LENGTH_DELIMITED,
  stream: (5 << 3) | LENGTH_DELIMITED,
} as const;

/** `UpstreamMessage.JoinGroupMessage` and `LeaveGroupMessage`. */
export const GROUP_REQUEST = {
  group: (1 << 3) | LENGTH_DELIMITED,
  ackId: (2 << 3) | VARINT,
} as const;

/** `UpstreamMessage.SequenceAckMessage`. */
export const SEQUENCE_ACK = { sequenceId: (1 << 3) | VARINT } as const;

/** `MessageData`. */
export const MESSAGE_DATA = {
  text: (1 << 3) | LENGTH_DELIMITED,
  binary: (2 << 3) | LENGTH_DELIMITED,
  protobuf: (3 << 3) | LENGTH_DELIMITED,
  json: (4 << 3) | LENGTH_DELIMITED,
} as const;

/** One entry of a `map<string, string>`. */
export const MAP_ENTRY = {
  key: (1 << 3) | LENGTH_DELIMITED,
  value: (2 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage`: what the server sends. */
export const DOWNSTREAM = {
  ack: (1 << 3) | LENGTH_DELIMITED,
  data: (2 << 3) | LENGTH_DELIMITED,
  system: (3 << 3) | LENGTH_DELIMITED,
  pong: (4 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage.AckMessage`. */
export const ACK = {
  ackId: (1 << 3) | VARINT,
  success: (2 << 3) | VARINT,
  error: (3 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage.Error`. */
export const ERROR = {
  name: (1 << 3) | LENGTH_DELIMITED,
  message: (2 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage.DataMessage`. */
export const DATA = {
  from: (1 << 3) | LENGTH_DELIMITED,
  group: (2 << 3) | LENGTH_DELIMITED,
  data: (3 << 3) | LENGTH_DELIMITED,
  sequenceId: (4 << 3) | VARINT,
  metadata: (5 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage.SystemMessage`. */
export const SYSTEM = {
  connected: (1 << 3) | LENGTH_DELIMITED,
  disconnected: (2 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage.SystemMessage.ConnectedMessage`. */
export const CONNECTED = {
  connectionId: (1 << 3) | LENGTH_DELIMITED,
  userId: (2 << 3) | LENGTH_DELIMITED,
  reconnectionToken: (3 << 3) | LENGTH_DELIMITED,
} as const;

/** `DownstreamMessage.SystemMessage.DisconnectedMessage`: its only field is number 2. */
export const DISCONNECTED = { reason: (2 << 3) | LENGTH_DELIMITED } as const;
