-- Groups and discussions. id is what users call it, open whether every member may bring in others.
CREATE TABLE room (
    conversation INTEGER PRIMARY KEY REFERENCES conversation,
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    open INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE member (
    room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES user,
    owner INTEGER NOT NULL DEFAULT 0,
    joined INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_user ON member (user);

-- Who has read which message of a group or discussion.
CREATE TABLE receipt (
    message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
    reader INTEGER NOT NULL REFERENCES user,
    time INTEGER NOT NULL,
    PRIMARY KEY (message, reader)
) STRICT, WITHOUT ROWID;

-- history: whether the message is part of its conversation's history; commands that are only kept
-- for those who are offline, and messages to some members alone, are not.
ALTER TABLE message ADD COLUMN history INTEGER NOT NULL DEFAULT 1;

-- mentioned: the message mentions the user.
ALTER TABLE inbox ADD COLUMN mentioned INTEGER NOT NULL DEFAULT 0;

CREATE INDEX inbox_mentioned ON inbox (user, conversation, time) WHERE counts = 1 AND mentioned = 1;

-- peer_read: up to when the other side of a private conversation has read.
ALTER TABLE entry ADD COLUMN peer_read INTEGER NOT NULL DEFAULT 0;

-- Who has a conversation: their counts change when a message of it is taken back.
CREATE INDEX entry_conversation ON entry (conversation);
