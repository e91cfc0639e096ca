/**
 * Every number of the product that is a limit: its unit, its default and where it comes from.
 * "service" = published by Azure Web PubSub; "emulator" = the official emulator; "ours" = Hubbub's choice.
 * Sorted by area; a limit that several areas read stands where it takes effect.
 */

const MIB = 1024 * 1024;

// Messages and names

/** Largest message of a client, all fragments together, inclusive, in bytes (emulator). */
export const MAX_CLIENT_MESSAGE_BYTES = MIB;

/** Longest hub name, in characters (emulator). */
export const MAX_HUB_NAME_LENGTH = 128;

/** Longest group name, in UTF-16 code units (emulator). */
export const MAX_GROUP_NAME_LENGTH = 1024;

/** Longest event name, in characters (emulator). */
export const MAX_EVENT_NAME_LENGTH = 128;

/** Longest metadata key, in ASCII characters (emulator). */
export const MAX_METADATA_KEY_LENGTH = 256;

/** Longest metadata value, in ASCII characters (emulator). */
export const MAX_METADATA_VALUE_LENGTH = 1024;

/** Largest sum of the lengths of all metadata keys and values of one message (emulator). */
export const MAX_METADATA_TOTAL_LENGTH = 8192;

/** Longest time to live of a message, in seconds (service). */
export const MAX_TTL_SECONDS = 300;

/** Largest value of an ack id or a sequence id (service: uint64). */
export const MAX_UINT64 = 18446744073709551615n;

/** Deepest nesting of a client's JSON frame; the frame's own object is level 1 (.NET's default, as the emulator's). */
export const MAX_JSON_DEPTH = 64;

/** Deepest nesting of unknown groups in a protobuf frame (the official protobuf libraries'). */
export const MAX_PROTOBUF_GROUP_DEPTH = 100;

/** First size of a buffer whose final size is not known yet, in bytes (ours: most messages and heads fit). */
export const FIRST_BUFFER_BYTES = 1024;

/** A protobuf writer with a longer frame is given up, so that its buffer is not kept, in bytes (ours). */
export const MAX_KEPT_WRITER_BYTES = 64 * 1024;

/** Characters of a name or literal that a refusal quotes, to the client or in the log; of payloads nothing (ours). */
export const MAX_QUOTED_LENGTH = 64;

// Connections: acks, replay, recovery, groups

/** Successful ack ids that a connection remembers for deduplication; the oldest is forgotten first (emulator). */
export const REMEMBERED_ACK_IDS = 1000;

/** Unacknowledged messages that a reliable connection may hold (service). */
export const MAX_UNACKNOWLEDGED_MESSAGES = 1000;

/** Bytes of encoded frames that a reliable connection may hold unacknowledged (service). */
export const MAX_UNACKNOWLEDGED_BYTES = 16 * MIB;

/**
 * How long a reliable connection without a socket can be recovered, in milliseconds (ours; the service promises 30 s).
 */
export const RECOVERY_WINDOW_MS = 60_000;

/** Life of a reconnection token, in milliseconds (service: about 7 days). */
export const RECONNECTION_TOKEN_LIFE_MS = 7 * 24 * 3600_000;

/** Longest reconnection token that is looked at, in characters (ours: twice the length of those that are issued). */
export const MAX_RECONNECTION_TOKEN_LENGTH = 128;

/**
 * Groups that one connection may be in at once; 0 is no bound (ours; `limits.groupsPerConnection`). A membership takes 16
 * bytes and a group of its own its name: without a bound one client that joins for a minute takes 400 MiB.
 */
export const MAX_GROUPS_PER_CONNECTION = 1000;

/**
 * Names (groups, users, hubs) of which one worker counts its clients for the others: at most 200 MB, as they come
 * (ours).
 */
export const MAX_SHARED_COUNTS = 4_000_000;

/** `Host` headers of which one text is kept for all clients, and the characters of all of them (ours). */
export const MAX_SHARED_HOSTS = { entries: 64, length: 16 * 1024 } as const;

// Incoming frames: who waits, and how far clients are read ahead

/**
 * Frames and bytes of one client that are read ahead while a command of it waits for its handler or for receivers; then
 * its socket is read no further, where the transport can do that (ours).
 */
export const READ_AHEAD = { frames: 64, bytes: 256 * 1024 } as const;

/** Frames of one client that may wait behind a pending command where its socket cannot be left unread (ours). */
export const MAX_WAITING_FRAMES = 1000;

/** Bytes of frames of one client that may wait behind a pending command (ours). */
export const MAX_WAITING_BYTES = 16 * MIB;

/**
 * Frames of one connection that are worked on before others get their turn (ours: more than the publishes in one read
 * of a busy publisher, whose writes are joined; some 0.2 ms).
 */
export const TURN_FRAMES = 64;

/** Frames of all connections with left-overs that are worked on in one such turn (ours: a quarter to one millisecond). */
export const TURN_LEFTOVER_FRAMES = 128;

/**
 * Requests of one HTTP connection that are begun before others get their turn, and of all connections whose requests
 * wait for one (ours: one to two milliseconds; clients that wait for their answers never come near it).
 */
export const TURN_REQUESTS = 32;

/** The same while others wait for their turn: who waits for each answer has one request, and is not held up (ours). */
export const CROWDED_TURN_REQUESTS = 2;

/**
 * Chunks of a connection, each of at most 64 KiB, that wait for its turn behind the oldest one before its socket is
 * read no further (ours: what the runtime may hand out before a pause takes effect).
 */
export const MAX_UNREAD_CHUNKS = 3;

/**
 * Time between two turns of whoever takes turns (left-overs, requests, large bodies, new connections), in milliseconds (ours: the
 * shortest timer).
 */
export const READ_TURN_MS = 1;

/**
 * New connections that are read for the first time in one such turn; who comes beyond waits for the next one (ours: some
 * 15 ms of handshakes, or 4 MiB of first bytes; the usual 50 handshakes at once of a client pool do not wait).
 */
export const ARRIVALS_A_TURN = 64;

// Outgoing queues and back-pressure

/**
 * Bytes that may wait in the outgoing queue of one connection: 16 MiB (emulator), and room for the sequence ids of a
 * whole replay, which are not counted in the replay buffer's own bound.
 */
export const MAX_OUTBOUND_BYTES = 16 * MIB + 64 * 1024;

/**
 * Bytes that the runtime may hold for one socket before frames wait in our queue, where they can still expire (ours).
 */
export const RUNTIME_BUFFER_BYTES = 256 * 1024;

/** Bytes of a large queue that are given to the runtime at once: it reports a write only when it is through (ours). */
export const WRITE_PIECE_BYTES = 64 * 1024;

/**
 * How often sockets with a queue are looked at, in milliseconds (ours: the runtime tells nobody when one has drained).
 */
export const PUMP_MS = 20;

/** Connections written to in one flush from which on more work is awaited before the next one (ours). */
export const MANY_WRITES = 32;

/** A connection whose queue makes no progress for this long is a slow consumer, in milliseconds (ours). */
export const OUTBOUND_STALL_MS = 10_000;

/**
 * Bytes in the outgoing queue of one connection above which those who send to it wait, as long as it takes bytes (ours:
 * a few milliseconds of a fast link, so that a queue at the mark does not run dry).
 */
export const HIGH_WATER_BYTES = MIB;

/** Bytes in the outgoing queue of one connection below which those who wait for it go on (ours: half of the above). */
export const LOW_WATER_BYTES = HIGH_WATER_BYTES / 2;

/**
 * A connection that has taken no byte for this long holds up nobody until it takes bytes again, in milliseconds
 * (ours).
 */
export const STALLED_HOLD_MS = 1000;

/**
 * A reliable connection that has acknowledged nothing for this long holds up nobody, in milliseconds (ours: twice the
 * interval of the official client, which acknowledges each second or after 300 new messages; web-pubsub-client 1.1.0).
 */
export const UNACKNOWLEDGED_HOLD_MS = 2000;

/**
 * Longest time that a REST call waits for room for its body, and then for receivers, in milliseconds; after either it is
 * answered 503 with `Retry-After` (ours).
 */
export const REST_HOLD_MS = 10_000;

// Handshakes, silence and ends of sockets

/** Interval of the server's WebSocket pings, in seconds (service). */
export const KEEP_ALIVE_SECONDS = { default: 20, min: 1, max: 120 } as const;

/** How often silent clients are looked for, a second (ours: pings are at most half a second late). */
export const BEATS_PER_SECOND = 2;

/** Bytes of a client that are read before its handshake is answered (ours). */
export const MAX_EARLY_BYTES = 64 * 1024;

/**
 * Time between the answer to a handshake and the open socket, in milliseconds (ours). The runtime needs nothing of the
 * client for it. Who resets within its handshake is never reported and holds its memory and its descriptor for so long:
 * with 10 s, 2,000 of them a second used up 20,000 descriptors.
 */
export const HANDSHAKE_OPEN_MS = 3000;

/**
 * Time that a client has to answer the server's close frame, in milliseconds (ours; half of the time that a stop has).
 */
export const CLOSE_ANSWER_MS = 5000;

/**
 * The last part of those two times, in milliseconds (ours). It begins anew when the rest is found to be over: after a
 * turn of the loop that took seconds, the runtime still has to report what happened meanwhile.
 */
export const LAST_WAIT_MS = 1000;

/**
 * Turns of the event loop after which the native transport knows that a client has reset its connection right behind its
 * request (the runtime's).
 */
export const TURNS_TO_LEAVE = 2;

// HTTP: heads, chunks, times

/** Time that a connection has to send its request head, in milliseconds (ours). */
export const REQUEST_HEAD_MS = 10_000;

/**
 * Longest request target (path and query), in bytes (ours: the longest token, and 16 KiB for names and other parameters).
 * Longer ones get 414 on either transport.
 */
export const MAX_TARGET_BYTES = 48 * 1024;

/** Longest request line, in bytes: the longest target, its method and its version (ours). */
export const MAX_REQUEST_LINE_BYTES = MAX_TARGET_BYTES + 64;

/**
 * All header lines of a request together, in bytes (ours: the most that metadata can need, 88 KiB in some 3,600 short
 * entries, and the longest token).
 */
export const MAX_HEADER_BYTES = 128 * 1024;

/** Header lines of a request (ours: more than the entries of metadata can ever be). */
export const MAX_HEADER_LINES = 4096;

/** What a chunked body may carry besides its data, chunk extensions above all, beyond 2 bytes for each byte (ours). */
export const MAX_CHUNK_OVERHEAD_BYTES = 16 * 1024;

/** Longest line that starts a chunk, in bytes (ours). */
export const MAX_CHUNK_LINE_BYTES = 4096;

/** Trailer lines behind a chunked body together, in bytes (ours). */
export const MAX_TRAILER_BYTES = 16 * 1024;

/** Time that a kept-alive connection may be idle between two requests, in milliseconds (ours: balancers wait 60 s). */
export const HTTP_IDLE_MS = 75_000;

/** How often the deadlines of HTTP connections are looked at, in milliseconds (ours: they need no more precision). */
export const HTTP_LOOK_MS = 500;

/** Connections that the kernel keeps for us until they are accepted (ours: rushes of clients that come back at once). */
export const LISTEN_BACKLOG = 4096;

/** Time that a client has to take the last answer of a connection and to leave, in milliseconds (ours). */
export const LINGER_MS = 2000;

/** Bytes that are read, and thrown away, after the last answer of a connection (ours). */
export const LINGER_BYTES = 64 * 1024;

/**
 * The same over the native transport, which cannot end a connection without breaking its answer off, in bytes (ours: a
 * client that sent somewhat too much gets the whole answer).
 */
export const NATIVE_LINGER_BYTES = 4 * MIB;

/** Bytes of answers that one client leaves untaken before its next request is read, in bytes (ours). */
export const MAX_UNTAKEN_BYTES = 64 * 1024;

// HTTP: bodies

/** Largest body of a REST request, inclusive, in bytes (emulator). */
export const MAX_REST_BODY_BYTES = MIB;

/** Longest pause in the middle of a request body, in milliseconds (ours). */
export const BODY_PAUSE_MS = 30_000;

/** Least rate of a request body over all of its time, in bytes a second (ours: the default of ASP.NET Core's server). */
export const MIN_BODY_RATE = 240;

/** Time before the least rate of a body is judged, in milliseconds (ours: the same server's default). */
export const BODY_GRACE_MS = 5000;

/** Longest time for a whole request body, in milliseconds (ours: 1 MiB over 70 kbit/s). */
export const BODY_MS = 120_000;

/**
 * Bytes of request bodies that the server holds at once, in all calls that are not answered yet (ours;
 * `limits.restBytesInWork`): 32 calls of the largest size fit. Others wait unread, `REST_HOLD_MS` at most, then get 503.
 */
export const MAX_BODY_BYTES_IN_WORK = 32 * MIB;

/**
 * Bytes of large bodies that are read in one turn of the event loop; who brings more waits for the next one (ours: half
 * a millisecond of work).
 */
export const BODY_TURN_BYTES = 512 * 1024;

/** The most that one read of a socket gives, in bytes (the runtime's). */
export const SOCKET_READ_BYTES = 64 * 1024;

/**
 * Largest body that the native transport has the runtime read at once, in bytes (ours: that is quickest, and takes memory
 * for the declared length).
 */
export const MAX_PLAIN_READ_BYTES = 16 * 1024;

/**
 * First and largest piece that the native transport reads of a longer body, in bytes (ours): the buffer stands for as
 * long as nothing comes.
 */
export const NATIVE_READ_BYTES = { first: 4096, most: 64 * 1024 } as const;

// REST calls

/** REST calls that may be in work at once; 0 is no bound (ours; `limits.restCalls`). */
export const MAX_REST_CALLS = 0;

/** REST calls that are taken in a second; 0 is no bound (ours; `limits.restCallsPerSecond`). */
export const MAX_REST_CALLS_PER_SECOND = 0;

/** When a call that found no room may come again, in seconds: the `Retry-After` of 429 and 503 (ours). */
export const RETRY_AFTER_SECONDS = 1;

/** REST calls whose target is remembered, parsed and checked (ours); with the next bound, 2 MiB at most. */
export const MAX_PLANS = 1024;

/** Longest target of a remembered call, in characters (ours). */
export const MAX_PLANNED_TARGET_LENGTH = 512;

/** `maxpagesize` of a listing: most members on one page, and its default (service). */
export const MAX_PAGE_SIZE = 200;

/** `top` and `minutesToExpire`: the largest int32 (service). */
export const MAX_INT32 = 2_147_483_647;

/** Longest continuation token, in characters (emulator). */
export const MAX_CONTINUATION_TOKEN_LENGTH = 2048;

/** Longest continuation token in the form of a whole nextLink, in characters (ours). */
export const MAX_CONTINUATION_URL_LENGTH = 16_384;

/** How long a browser may remember a preflight, in seconds (ours: browsers have smaller bounds of their own). */
export const PREFLIGHT_SECONDS = 86_400;

/** How long a browser may keep the icon, in seconds (ours). */
export const ICON_SECONDS = 86_400;

// Keys, tokens, roles

/** Shortest access key, in UTF-8 bytes (emulator). */
export const MIN_ACCESS_KEY_BYTES = 32;

/** Length of a new access key, in characters of 62 kinds (ours: 261 bits, more than HMAC-SHA256 can use). */
export const NEW_KEY_LENGTH = 44;

/** Life of a client token unless told otherwise, in minutes (service). */
export const TOKEN_LIFE_MINUTES = 60;

/** Clock skew that is forgiven on `exp` and `nbf` of tokens, in seconds (emulator). */
export const TOKEN_CLOCK_SKEW_SECONDS = 300;

/** Longest token that is looked at, in characters: longer ones are refused unread (ours). */
export const MAX_TOKEN_LENGTH = 32 * 1024;

/** Verified tokens kept to spare the next HMAC (ours). */
export const MAX_CACHED_TOKENS = 4096;

/**
 * Bytes that those tokens and what they say may take (ours): tokens are as long as their signer likes, up to 32 KiB, so
 * that a count alone would let 4,096 of them hold 150 MiB.
 */
export const MAX_CACHED_TOKEN_BYTES = 8 * MIB;

/** Lists of roles that are kept compiled (ours). */
export const MAX_CACHED_ROLE_SETS = 1024;

/** Longest list of roles that is kept compiled, in characters of JSON (ours). */
export const MAX_CACHED_ROLES_LENGTH = 4096;

/** Bytes that kept lists of roles may take (ours). */
export const MAX_CACHED_ROLE_BYTES = 4 * MIB;

/** What an entry of those caches takes besides its texts, in bytes (ours: estimated on the high side). */
export const CACHE_ENTRY_BYTES = 512;

/** Newcomers that the cache of tokens remembers, a power of two (ours: 16 KiB of memory). */
export const DOORKEEPER_PLACES = 4096;

/** Unescaped `*` in one role pattern, those of `**` counted singly (service). */
export const MAX_PATTERN_STARS = 5;

/** Longest role pattern, in characters (emulator). */
export const MAX_PATTERN_LENGTH = 1024;

/** Patterns with wildcards per permission and connection (emulator). */
export const MAX_PATTERNS = 9;

/** Literal group rules (roles and grants) per permission and connection (emulator). */
export const MAX_LITERAL_RULES = 1000;

// Identity providers

/** Age at which the keys of an identity provider are fetched anew, in milliseconds (jose's default). */
export const OIDC_KEYS_FRESH_MS = 600_000;

/** Age up to which old keys serve while the provider cannot be reached, in milliseconds (ours). */
export const OIDC_KEYS_STALE_MS = 3600_000;

/** Pause between two fetches of keys, in milliseconds (jose's default): strangers cannot make us hammer. */
export const OIDC_FETCH_PAUSE_MS = 30_000;

/** One call to an identity provider, in milliseconds (jose's default). */
export const OIDC_FETCH_MS = 5000;

/** Largest document of an identity provider, in bytes (ours). */
export const MAX_OIDC_DOCUMENT_BYTES = MIB;

// Filters

/** Longest OData filter, in characters (ours). */
export const MAX_FILTER_LENGTH = 8192;

/** Deepest OData filter, in levels (emulator). */
export const MAX_FILTER_DEPTH = 100;

/** Most nodes of an OData filter (ours). */
export const MAX_FILTER_NODES = 500;

/** Bytes of source text whose compiled filters are kept (ours). */
export const MAX_FILTER_CACHE_BYTES = 256 * 1024;

/** What a compiled filter is charged beside its text, in bytes (ours): short filters must not make the cache long. */
export const FILTER_ENTRY_BYTES = 256;

// Event handlers

/** One call of an event handler with all its attempts and pauses, in milliseconds (emulator). */
export const HANDLER_CALL_MS = 100_000;

/** Pauses between the attempts of a handler call, in milliseconds (emulator). */
export const HANDLER_RETRY_PAUSES_MS: readonly number[] = [1000, 3000, 5000];

/** Calls of one hub to one handler that may run at once (ours). */
export const MAX_HANDLER_CALLS = 128;

/** Calls of one hub to one handler that may wait for a place (ours). */
export const MAX_HANDLER_QUEUE = 10_000;

/** Largest answer of an event handler, in bytes after decompression (emulator). */
export const MAX_HANDLER_RESPONSE_BYTES = 16 * MIB;

/**
 * Most codings that are undone in one answer of an event handler (ours): real servers apply one, proxies perhaps
 * another.
 */
export const MAX_CONTENT_CODINGS = 4;

/**
 * Compressed answers are given to the decoders in pieces of so many bytes (ours): some runtimes answer each piece with
 * all that it decodes to, whatever the bound on the body.
 */
export const CODED_PIECE_BYTES = 4096;

/** Longest text of a handler's header in a log line, in characters (ours). */
export const MAX_SHOWN_LENGTH = 200;

/** Longest connection state that a handler may set, in characters (ours: most HTTP servers refuse larger headers). */
export const MAX_CONNECTION_STATE_LENGTH = 32 * 1024;

/** One validation request of a handler, in milliseconds (emulator). */
export const VALIDATION_MS = 10_000;

/** A validation that passed is used without a refresh for this long, in milliseconds (emulator). */
export const VALIDATION_FRESH_MS = 60_000;

/** First and longest pause after a failed validation, in milliseconds (emulator). */
export const VALIDATION_BACKOFF_MS = { first: 1000, max: 60_000 } as const;

/** Validated handlers that are remembered, the oldest out first (ours). */
export const MAX_CACHED_VALIDATIONS = 10_000;

/**
 * Characters of the URLs and origins of those handlers (ours): hub names stand in the URLs and `Host` headers are the
 * origins, both of which clients choose.
 */
export const MAX_CACHED_VALIDATION_LENGTH = 4 * MIB;

/** Cookies that are kept for one connection; further ones are refused (ours; RFC 6265, 6.1 asks for 50 a domain). */
export const MAX_COOKIES = 50;

/** Longest `Set-Cookie` header that is kept, in characters (ours; RFC 6265, 6.1 asks for 4096). */
export const MAX_COOKIE_LENGTH = 4096;

/** How long the verdict on a handler's host name is used again, in milliseconds (ours: spares a look-up an event). */
export const EGRESS_VERDICT_LIFE_MS = 10_000;

/** One request for a token of a handler's `auth` with its retries, in milliseconds (ours). */
export const OAUTH_REQUEST_MS = 10_000;

/** Largest answer of a token server, in bytes (ours). */
export const MAX_OAUTH_ANSWER_BYTES = 256 * 1024;

/** A token that ends within this time is renewed while it is still used, in milliseconds (ours). */
export const OAUTH_RENEW_BEFORE_MS = 60_000;

/** Life of a token whose answer has no `expires_in`, in milliseconds (ours). */
export const OAUTH_DEFAULT_LIFE_MS = 300_000;

/** First and longest pause after a failed request for a token, in milliseconds (ours). */
export const OAUTH_BACKOFF_MS = { first: 1000, max: 60_000 } as const;

/** A token that a handler refused is replaced only when it is older than this, in milliseconds (ours). */
export const OAUTH_MIN_AGE_TO_REPLACE_MS = 60_000;

// File descriptors

/**
 * Descriptors that connections leave to files, calls of handlers and the listener (ours; `limits.reservedDescriptors`, 0
 * switches the account off): a few handlers at once, a log file and a reload of the configuration.
 */
export const RESERVED_DESCRIPTORS = 32;

/** How many connections more are found to fit at once: each costs the opening of a file, once (ours). */
export const DESCRIPTORS_PER_LOOK = 64;

/** While there are no descriptors, how long until the next look for some, in milliseconds (ours: back within 2 s). */
export const DESCRIPTOR_LOOK_MS = 250;

/** While there are descriptors, how often to look whether the reserve is untouched, in milliseconds (ours). */
export const DESCRIPTOR_WATCH_MS = 1000;

/** At most one line of log about descriptors in this time, in milliseconds (ours). */
export const DESCRIPTOR_LOG_MS = 1000;

// The process: log, stop, configuration

/** What happens often is logged at most once in this time, with its count, in milliseconds (ours). */
export const REPEATED_LOG_MS = 60_000;

/** Time that a stop waits for clients and handlers, in milliseconds (ours). */
export const DRAIN_MS = 10_000;

/** A stop that takes so much longer than its time is forced, in milliseconds (ours). */
export const FORCED_STOP_MS = 5000;

/**
 * Time between two looks at the configuration file where no event calls for one, in milliseconds (ours). Somebody waits
 * for the change; reading a small file costs nothing at this pace.
 */
export const CONFIG_POLL_MS = 2000;

/** Time for which the text of the configuration file must stay the same before it counts, in milliseconds (ours). */
export const CONFIG_SETTLE_MS = 100;

/** Expanded aliases in one configuration file (ours): enough for people, too few for a bomb. */
export const MAX_YAML_ALIASES = 100;

/** Longest value that a message about the configuration quotes whole, in characters (ours). */
export const MAX_QUOTED_VALUE_LENGTH = 80;

/** Beginning of a misspelt name that is compared with the known ones, in characters (ours): the cost is quadratic. */
export const MAX_COMPARED_LENGTH = 64;

/** The port that is listened on by default (ours). */
export const DEFAULT_PORT = 8080;

// Bounds of settings

/** Largest `limits.groupsPerConnection` (ours: as many groups as a hub may have). */
export const MAX_SETTABLE_GROUPS = 4_000_000;

/** Largest `limits.reservedDescriptors` (ours: more than processes are usually given). */
export const MAX_RESERVED_DESCRIPTORS = 100_000;

/** Largest `limits.restCalls` and `limits.restCallsPerSecond` (ours: more than a server answers). */
export const MAX_SETTABLE_REST_CALLS = 1_000_000;

/** Largest `limits.restBytesInWork`, in bytes (ours: 1 GiB, a thousand of the longest bodies). */
export const MAX_SETTABLE_BODY_BYTES = 1024 * MAX_REST_BODY_BYTES;

/** Largest `recoveryWindowSeconds`, in seconds (ours: what a client missed is held in memory meanwhile). */
export const MAX_RECOVERY_WINDOW_SECONDS = 3600;

/** Largest `drainSeconds`, in seconds (ours: supervisors lose patience sooner). */
export const MAX_DRAIN_SECONDS = 300;

/** Largest number of a port (TCP). */
export const MAX_PORT = 65535;
