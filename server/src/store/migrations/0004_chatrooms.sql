-- Chatrooms. entry_time: when an entry was last changed; entry_floor: removals of entries up to it
-- may be forgotten. muted, kept_alive, paused: 0 or 1. Messages stand in the log, whose
-- conversation is called 4:id.
CREATE TABLE chatroom (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    entry_time INTEGER NOT NULL DEFAULT 0,
    entry_floor INTEGER NOT NULL DEFAULT 0,
    muted INTEGER NOT NULL DEFAULT 0,
    kept_alive INTEGER NOT NULL DEFAULT 0,
    paused INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Values that members share. A removed one stays for a while, so that those who were away hear of it.
CREATE TABLE chatroom_entry (
    room TEXT NOT NULL REFERENCES chatroom ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    setter TEXT NOT NULL,
    auto_delete INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (room, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX chatroom_entry_time ON chatroom_entry (room, time);

-- What holds for users and classes of messages, in a room or, where room is empty, in all of them,
-- until a time or for ever (NULL). A room need not be there.
CREATE TABLE chatroom_rule (
    room TEXT NOT NULL,
    kind INTEGER NOT NULL,
    subject TEXT NOT NULL,
    until INTEGER,
    PRIMARY KEY (room, kind, subject)
) STRICT, WITHOUT ROWID;

-- What of a conversation is in no history: removed with the rest of a chatroom.
CREATE INDEX message_aside ON message (conversation, sent_time) WHERE history = 0;
