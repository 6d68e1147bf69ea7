-- Users by number, and the end of each one's inbox: seq is the highest number given, time its
-- row's, first the lowest number still kept.
CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL DEFAULT 0,
    time INTEGER NOT NULL DEFAULT 0,
    first INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Conversations by the name that all their sides share; time is the newest message's.
CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    time INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The log: each message once. target is from the sender's point of view, own_seq the sender's row.
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES conversation,
    sender INTEGER NOT NULL REFERENCES user,
    target TEXT NOT NULL,
    class TEXT NOT NULL,
    flags INTEGER NOT NULL,
    client_id INTEGER,
    sent_time INTEGER NOT NULL,
    own_seq INTEGER NOT NULL,
    relayed BLOB NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX message_client_id ON message (sender, client_id) WHERE client_id IS NOT NULL;

-- Who gets which message. own: sent by the user (not to itself); counts: unread until read.
-- message has no foreign key: checking one when old messages are deleted would need an index.
CREATE TABLE inbox (
    user INTEGER NOT NULL REFERENCES user,
    seq INTEGER NOT NULL,
    message INTEGER NOT NULL,
    conversation INTEGER NOT NULL REFERENCES conversation,
    own INTEGER NOT NULL,
    counts INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (user, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_time ON inbox (user, own, time);
CREATE INDEX inbox_unread ON inbox (user, conversation, time) WHERE counts = 1;

-- The conversation list: latest_seq is the newest counted row's, 0 before the first.
CREATE TABLE entry (
    user INTEGER NOT NULL REFERENCES user,
    conversation INTEGER NOT NULL REFERENCES conversation,
    kind INTEGER NOT NULL,
    latest_seq INTEGER NOT NULL DEFAULT 0,
    latest_time INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 0,
    read_time INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, conversation)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_listed ON entry (user, latest_time) WHERE listed = 1;

CREATE TABLE profile (
    user TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    portrait TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
