-- What the application's server has decided. group_id and user are empty where a rule is about none;
-- time: for most kinds, until when the rule holds.
CREATE TABLE rule (
    kind INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    user TEXT NOT NULL,
    time INTEGER NOT NULL,
    PRIMARY KEY (kind, group_id, user)
) STRICT, WITHOUT ROWID;

-- Words that are not to be said; without a replacement the message is refused.
CREATE TABLE word (
    text TEXT PRIMARY KEY,
    replacement TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
    user TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (user, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX tag_tag ON tag (tag, user);

-- The log is given out by the hour.
CREATE INDEX message_time ON message (sent_time, id);

-- Hours since 1970 whose log is given out no more.
CREATE TABLE hidden_log (hour INTEGER PRIMARY KEY) STRICT;

-- Who came and went, for as long as it has not been told. Numbers are never given twice.
CREATE TABLE presence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user TEXT NOT NULL,
    online INTEGER NOT NULL,
    time INTEGER NOT NULL
) STRICT;
