-- Histories are read by time, and within one millisecond by uid. What is not persisted is in none.
UPDATE message SET history = 0 WHERE flags & 1 = 0;
CREATE INDEX message_history ON message (conversation, sent_time, uid) WHERE history = 1;

-- latest_message: the row with latest_seq, which outlives its place in the inbox. cleared_time:
-- nothing up to it is there any more for this user. aged: so many rows left the inbox unread, of
-- which aged_mentions mention the user; aged_time: the newest of them. They are read when it is.
ALTER TABLE entry ADD COLUMN latest_message INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN cleared_time INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN aged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN aged_mentions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN aged_time INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET latest_message = coalesce(
    (SELECT message FROM inbox WHERE inbox.user = entry.user AND seq = latest_seq), 0);

-- Messages that a user has deleted. No foreign key on message: as in inbox.
CREATE TABLE deleted (
    user INTEGER NOT NULL REFERENCES user,
    message INTEGER NOT NULL,
    PRIMARY KEY (user, message)
) STRICT, WITHOUT ROWID;

CREATE INDEX deleted_message ON deleted (message);

-- What users have set for conversations; kind and target are the conversation as the user sees it.
CREATE TABLE setting (
    user INTEGER NOT NULL REFERENCES user,
    conversation INTEGER NOT NULL REFERENCES conversation,
    item INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    target TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (user, conversation, item)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX setting_version ON setting (user, version);

-- setting_version: the last one given to a setting. offline_days: for how long messages wait for
-- the user, offline_version: since which change.
ALTER TABLE user ADD COLUMN setting_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user ADD COLUMN offline_days INTEGER;
ALTER TABLE user ADD COLUMN offline_version INTEGER NOT NULL DEFAULT 0;
